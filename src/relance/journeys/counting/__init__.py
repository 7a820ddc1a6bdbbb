"""Counts of runs by node and edge."""
