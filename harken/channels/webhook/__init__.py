"""The generic webhook network: any system that signs by Standard Webhooks can be one.

It delivers mentions to ``POST /v1/webhooks/{connection}`` (see `harken.channels.webhook.payload`)
and takes replies, signed with the same secret, at its ``reply_url``:

``{"type": "reply", "version": 1, "data": {"key", "parent", "parent_author", "visibility", "text",
"language"}}`` with ``webhook-id`` equal to ``key`` on every attempt, so that the peer can tell a
repetition. It answers 2xx with ``{"id", "url"}`` (without an id, the key is taken for it), 409 with
the same body for a key that it has taken before, 429 with ``Retry-After`` where it took nothing,
another 4xx where it will not take it. Everything else leaves the outcome open.

Connection settings, all optional: ``reply_url``, ``replies_url`` (where its replies are read back:
``GET ?parent=…`` gives ``{"replies": [{"id", "text", "created_at", "url"}]}``), ``max_length`` of a
reply in code points, ``scope`` (what its ids are unique within; the connection by default) and
``allow_http``. Secret: ``secret``, ``whsec_…``; two apart by a space while one replaces the other.

Source: ``deliveries``.
"""
