"""The bundled models and the recipes that make them."""
