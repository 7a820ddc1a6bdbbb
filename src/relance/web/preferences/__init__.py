"""The preference page: what people choose about messages themselves, by a link in a mail and without signing in.

The link proves that somebody reads the mail, and not who they are: the page shows no name and no trait, and the address masked.
Looking at it changes nothing.
"""

from relance.web.preferences.deletion_routes import handlers as deletion_handlers
from relance.web.preferences.routes import handlers as preference_handlers

__all__ = ["handlers"]

handlers = [*preference_handlers, *deletion_handlers]
