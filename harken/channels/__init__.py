"""Channels: one module per network, and the registry that finds them by name."""
