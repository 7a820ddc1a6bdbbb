"""Snapshots of live state: written while ticks go on, and read at the next start instead of the whole history."""
