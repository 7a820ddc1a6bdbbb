"""Who is still to be taken into journeys, and which entries were missed: what is kept of it."""
