"""The events kept by live segments: counts, aggregates, sequences and event lists, and the leaves that read them."""
