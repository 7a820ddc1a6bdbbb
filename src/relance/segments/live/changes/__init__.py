"""From a batch of events to changed conditions, and from these to who entered and left which segment."""
