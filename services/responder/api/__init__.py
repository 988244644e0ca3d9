"""The HTTP API of replies, drafts and saved replies."""
