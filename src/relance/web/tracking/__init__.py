"""The links in messages: opens, clicks, unsubscriptions, and receipts of pushes.

Each link carries a signed token that names a delivery; nothing else is trusted. Engagements are appended to the log as events,
with ids derived from the delivery, so that repeats count once.
"""

from relance.web.tracking.routes import handlers as _handlers
from relance.web.tracking.short import followed

handlers = [*_handlers, followed]

__all__ = ["handlers"]
