"""E-mail: addresses, the bytes of a message, and SMTP."""
