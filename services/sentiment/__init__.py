"""Sentiment: gives every mention its tone."""
