"""What can go wrong at the rim."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.infra.room import full_sentence, says_full

# How SQLAlchemy tells that a store is gone, is full, or has no connection left.
NO_ANSWER = (OperationalError, InterfaceError, PoolTimeoutError)


class StoreUnavailableError(RelanceError):
    """The database does not answer, or has no room left: nothing of this request was kept, and it may be sent again."""

    code = "store_unavailable"


def unavailable(error: BaseException) -> StoreUnavailableError:
    """What callers are told of a store's error: that it has no room left, or that it does not answer."""
    if says_full(error):
        return StoreUnavailableError(full_sentence(None, error))
    return StoreUnavailableError(ErrorText("store_silent", "The database does not answer: try again in a moment."))
