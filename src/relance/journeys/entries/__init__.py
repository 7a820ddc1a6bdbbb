"""Entries: segment members still to be enrolled, and entries that were missed."""
