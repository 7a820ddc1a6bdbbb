"""HTML as browsers read it, in one pass: its parts, its links, and its text."""
