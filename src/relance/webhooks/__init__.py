"""Notifies other systems of who entered and who left a segment."""
