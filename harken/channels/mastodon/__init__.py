"""Mastodon, and servers that speak its API (GoToSocial, Pleroma, Akkoma and others).

Connection settings: ``instance`` (the server's address or bare host), ``allow_http`` (``true`` lets
plain http go to a host that is not this machine). Secret: ``access_token`` with the scopes ``read``
and ``write:statuses``.

Sources: ``notifications`` (no settings) and ``hashtag`` (setting ``tag``), followed where the
instance streams (server-sent events or WebSockets), else polled; see
`harken.channels.mastodon.sources`.

An answer leads with the handle of whom it answers, unless the text names them, because servers tell
nobody else. The text that is frozen has no such handle, the post has one; a mention's capability
keeps its room free, and `harken.channels.comparison.same_text` compares regardless of it.
"""
