"""The demo's story: real purchases, a seeded shop, people who react, and the claims checked at its end."""
