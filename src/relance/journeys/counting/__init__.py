"""How many runs came by each node and edge."""
