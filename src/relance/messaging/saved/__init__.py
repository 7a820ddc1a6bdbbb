"""What can be said: messages as they are kept."""
