"""Feeds: RSS, Atom and JSON Feed, of news sites, blogs, forums, and alerts of search engines.

A connection needs nothing but a name. Source: ``feed``, with the settings ``url`` (the feed's
address; the page's will do where it names its feed) and, if it should be said, ``entries`` (what
they are: article, comment, post or review).

A guid is unique within its feed only, so a mention's scope is the feed's address as it was given.
Feeds take no replies.
"""
