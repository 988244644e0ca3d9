"""Builders, fakes and conformance suites. Nothing outside tests and demos imports this."""
