"""A local server that speaks Mastodon's published API and keeps its rules, for tours and tests.

``python -m harken.testing.mastodon --port 3999`` starts it; it listens on this machine only. The
accounts' tokens are their names with ``-token``. More accounts, counts and faults: see
`harken.testing.mastodon.admin`. With ``--state FILE`` everything survives its own crash.
"""
