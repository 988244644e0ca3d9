"""Several replicas of each service on the real engines, and everything goes wrong."""
