"""Severity: how much one mention matters, from 0 to 100, with the reasons."""
