"""What templates may name of a person beside traits and event, read only where a message names it."""
