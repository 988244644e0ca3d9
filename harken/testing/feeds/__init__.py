"""A local server of feeds: publishes what it is given, and answers what it is told to."""
