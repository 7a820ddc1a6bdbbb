"""The newest of certain events of each person, kept for templates that name them."""
