"""The router's part of the HTTP API: cases, people, offers, explanations."""
