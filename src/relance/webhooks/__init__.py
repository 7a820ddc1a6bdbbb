"""Telling other systems who entered and who left a segment."""
