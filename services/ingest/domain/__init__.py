"""Pure rules of taking in: which lane, what is new, what is refused."""
