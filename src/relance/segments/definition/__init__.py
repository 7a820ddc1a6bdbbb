"""What a rule means: plain Python over one person, when time changes the answer, and why. Pure."""
