"""Alerts as people get them: decided over what trackers match, delivered, listed."""
