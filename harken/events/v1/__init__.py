"""Generated from proto/harken/v1. Do not edit."""
