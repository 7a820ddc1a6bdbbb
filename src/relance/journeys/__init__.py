"""Graphs that people travel: versions, runs, and the pure step."""
