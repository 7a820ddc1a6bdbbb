"""What every package may depend on: errors, ids, time, encoding, configuration. No I/O but reading settings."""
