"""Operational state: the `Store` port, the schema, change sets, and the engines."""
