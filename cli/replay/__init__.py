"""Brings exports and archives of mentions in, as a client of the public API."""
