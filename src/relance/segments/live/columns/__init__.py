"""Columns by person: sparse arrays, truths with their timers, hashes of values, properties out of JSON."""
