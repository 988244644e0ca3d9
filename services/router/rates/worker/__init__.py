"""Counts rates by Faust: the only place that imports it."""
