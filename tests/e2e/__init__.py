"""Tests that run the real program as a process and call it as its users do."""
