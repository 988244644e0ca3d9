"""The responder's operations."""
