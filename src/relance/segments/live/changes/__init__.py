"""From a batch of events to the conditions whose truth changed, and on to who entered and left which segment."""
