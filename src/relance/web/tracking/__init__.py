"""Where the links in messages lead: opened, clicked, unsubscribed, and what a phone says of a push.

Each link carries a signed token that names a delivery; nothing else is believed. What people do is appended to the log
as events, with ids computed from the delivery, so that a repeat counts once.
"""

from relance.web.tracking.routes import handlers

__all__ = ["handlers"]
