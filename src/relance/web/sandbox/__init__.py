"""The built-in sandbox over HTTP: its push endpoint, and what the sandbox page shows as a phone and a mailbox would.

``POST /sandbox/push/{id}`` is the push service's side and open to all who hold an endpoint, as on the real ones. Everything
else is for a signed-in operator, or, where the server's own address is this machine's (a demo, a trial), for programs on
this machine.
"""

from relance.web.sandbox.routes import handlers

__all__ = ["handlers"]
