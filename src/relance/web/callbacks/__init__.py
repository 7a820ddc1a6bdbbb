"""Where providers report what became of messages, and what people answered.

Each provider of each app has an address that cannot be guessed; its type says how a request proves whose it is. Reports become
events in the log, with ids derived from what they are about, so that repeats count once.
"""

from relance.web.callbacks.routes import handlers

__all__ = ["handlers"]
