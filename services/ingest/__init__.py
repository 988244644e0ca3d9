"""Ingest: hears what is said, takes it in once it is durable, and loses none of it."""
