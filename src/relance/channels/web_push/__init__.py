"""Web push: encryption (RFC 8291), the sender's identity (RFC 8292) and the post itself (RFC 8030)."""
