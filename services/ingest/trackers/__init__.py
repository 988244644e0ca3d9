"""Trackers as people use them: kept, tried out on what was heard, matched as mentions come in."""
