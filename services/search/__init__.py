"""Search: everything can be found again, and what was done can be measured."""
