"""What the codes of short links stand for."""
