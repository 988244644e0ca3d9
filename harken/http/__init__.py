"""The API's edges: credentials, problems, idempotency keys, pagination, server-sent events."""
