"""Change sets and queries as SQL text, compiled once: what both engines of the store share."""
