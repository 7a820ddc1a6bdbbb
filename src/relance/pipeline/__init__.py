"""The tick: what happens between the log and the deliveries, in order, in one transaction."""
