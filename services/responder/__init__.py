"""Answers: drafts, saved replies, guards, and the delivery of replies at most once."""
