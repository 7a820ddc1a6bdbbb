"""The compiled fold: hash table and slab of per-person event buffers, window scans over them, and the fold of one batch."""
