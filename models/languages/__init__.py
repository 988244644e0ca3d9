"""The recipe of the language table that ingest reads, and its measurement."""
