"""The event log: the `EventLog` port and its engines."""
