"""Columns by person: sparse arrays, truths with timers, hashes of values, properties parsed from JSON."""
