"""Router: gives each mention to the person who should act on it, and says why."""
