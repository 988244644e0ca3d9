"""What the program says of itself: logs, metrics and traces, named in one typed list."""
