"""What can go wrong with apps, sign-ins and keys."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError, RelanceError, UnauthorizedError


class WrongCredentialsError(UnauthorizedError):
    """The e-mail address or the password is wrong; which of the two is not said."""

    code = "wrong_credentials"


class RateLimitedError(RelanceError):
    """Too many attempts; ``data["retry_after"]`` is the number of seconds to wait."""

    code = "rate_limited"


class AlreadySetUpError(ConflictError):
    """The first operator exists already."""

    code = "already_set_up"


class LinkSpentError(NotFoundError):
    """The link by which a password is chosen was used, was replaced by a newer one, or has ended."""

    code = "link_spent"


class LastOperatorError(ConflictError):
    """Without this operator nobody could sign in."""

    code = "last_operator"


class IdempotencyMismatchError(ConflictError):
    """The idempotency key was used before with another request."""

    code = "idempotency_mismatch"


class IdempotencyInFlightError(ConflictError):
    """A request with the same idempotency key is still being answered."""

    code = "idempotency_in_flight"
