"""Apps, operators, sessions and keys: who may do what."""
