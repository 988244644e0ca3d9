"""In-memory implementations of ports; they pass the ports' conformance suites."""
