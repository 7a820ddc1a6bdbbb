"""The built-in inbox: a push service with phones and a mailbox server, for demos, tests and trying things out."""
