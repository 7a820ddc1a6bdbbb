"""The kinds of node in a journey's graph: a module each, listed in ``kinds``."""
