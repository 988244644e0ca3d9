"""Counting what is said: by a stage of its own, or by a Faust worker whose counts are taken in."""
