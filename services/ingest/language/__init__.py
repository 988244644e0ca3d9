"""Finds the language of short social texts, and remembers the languages that authors use."""
