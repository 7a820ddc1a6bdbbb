"""Filling state from history: the plan of a backfill, its queries and its slices."""
