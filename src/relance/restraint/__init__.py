"""How often, and at what hours, people may be written to."""
