"""The router's rules, pure: the same history gives the same decisions."""
