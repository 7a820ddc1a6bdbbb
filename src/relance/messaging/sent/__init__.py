"""What was sent, to be shown again for a set time: the message's version and the values that it was filled with."""
