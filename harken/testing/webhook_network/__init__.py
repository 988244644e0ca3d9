"""A small network that speaks the generic webhook protocol, for tours and tests.

``python -m harken.testing.webhook_network --port 3998 --deliver-to ADDRESS`` starts it, where the
address is Harken's ``/v1/webhooks/{connection}``. It listens on this machine only. A connection
to it has the settings ``reply_url`` and ``replies_url``, both ``http://127.0.0.1:3998/replies``,
and the secret that it prints.
"""
