"""Tests that kill the real program."""
