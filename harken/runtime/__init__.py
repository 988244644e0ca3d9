"""The loops that every service runs in: stages, relays, timers, lifecycle, health, settings."""
