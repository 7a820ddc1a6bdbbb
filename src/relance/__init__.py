"""Relance: events in, the right message out, and proof of what it was worth."""

__version__ = "0.1.0"
