"""The built-in sandbox over HTTP: its push endpoint, and the phones and mailboxes of the sandbox page.

``POST /sandbox/push/{id}`` is the push service's side, open to everyone with an endpoint, as on real ones. Everything else is for
a signed-in operator, or, if the server's own address is this machine's (a demo, a trial), for programs on this machine.
"""

from relance.web.sandbox.routes import handlers

__all__ = ["handlers"]
