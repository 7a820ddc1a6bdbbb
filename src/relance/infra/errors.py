"""What can go wrong at the rim."""

from __future__ import annotations

from relance.core.errors import RelanceError


class StoreUnavailableError(RelanceError):
    """The database does not answer, or has no room left: nothing of this request was kept, and it may be sent again."""

    code = "store_unavailable"
