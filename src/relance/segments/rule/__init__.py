"""The rule language: its syntax, parsing, and expansion. Pure."""
