"""The command line: composes the services into programs."""
