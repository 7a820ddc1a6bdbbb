"""The kinds of node that a journey's graph is made of: a module each, listed in ``kinds``."""
