"""The one SQLite file of the embedded edition: its single writer and its readers."""
