"""What every package may lean on: errors, ids, time, encoding, configuration. No I/O but reading settings."""
