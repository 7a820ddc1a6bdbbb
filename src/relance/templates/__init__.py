"""Liquid within bounds: read in one pass, rendered within a budget, with dates in the reader's zone and language."""
