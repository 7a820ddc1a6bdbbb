"""What live segments keep of events: counts, aggregates, sequences and event lists, and the leaves that read them."""
