"""`harken demo`: a brand that does not exist, its customers, a bad day, and people who answer."""
