"""Search: the `SearchIndex` port, our own text analysis, and the engines."""
