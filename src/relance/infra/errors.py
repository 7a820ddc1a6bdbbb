"""What can go wrong at the rim."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from relance.core.errors import RelanceError

# How SQLAlchemy tells that a store is gone, is full, or has no connection left.
NO_ANSWER = (OperationalError, InterfaceError, PoolTimeoutError)


class StoreUnavailableError(RelanceError):
    """The database does not answer, or has no room left: nothing of this request was kept, and it may be sent again."""

    code = "store_unavailable"
