"""What happened: the log (a queue), the seen message ids, and history (the record)."""
