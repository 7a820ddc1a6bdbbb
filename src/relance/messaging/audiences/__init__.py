"""Messages for many people at once: whom they are for, and how they come into the queues bit by bit."""
