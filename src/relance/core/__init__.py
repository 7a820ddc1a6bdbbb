"""What every package may depend on: errors, ids, time, encoding, configuration. No I/O except reading settings."""
