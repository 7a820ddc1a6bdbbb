"""Live membership: columnar state folded per tick, exact to the millisecond."""
