"""Transports: they carry a finished message to an address and say what became of it. They know no person and no segment."""
