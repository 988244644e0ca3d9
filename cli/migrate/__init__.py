"""`harken drain` and `harken migrate`: from a data folder to the real engines."""
