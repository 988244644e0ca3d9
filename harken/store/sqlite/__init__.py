"""The `Store` port on the embedded file."""
