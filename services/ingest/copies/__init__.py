"""Groups near-identical mentions: each copy names the first of its kind."""
