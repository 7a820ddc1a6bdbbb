"""What can go wrong with apps, sign-ins and keys."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError, RelanceError, UnauthorizedError


class WrongCredentialsError(UnauthorizedError):
    """The e-mail address or the password is wrong; the answer does not say which."""

    code = "wrong_credentials"


class RateLimitedError(RelanceError):
    """Too many attempts; ``data["retry_after"]`` is the number of seconds to wait."""

    code = "rate_limited"


class AlreadySetUpError(ConflictError):
    """The first operator already exists."""

    code = "already_set_up"


class LinkSpentError(NotFoundError):
    """The password link was used, replaced by a newer one, or has expired."""

    code = "link_spent"


class LastOperatorError(ConflictError):
    """The last operator cannot be removed: nobody could sign in."""

    code = "last_operator"


class IdempotencyMismatchError(ConflictError):
    """The idempotency key was already used with a different request."""

    code = "idempotency_mismatch"


class IdempotencyInFlightError(ConflictError):
    """A request with the same idempotency key is still being answered."""

    code = "idempotency_in_flight"
