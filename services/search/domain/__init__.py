"""Pure formulas and documents."""
