"""The built-in sandbox: a push service with phones and a mailbox server, for demos, tests and trying things out."""
