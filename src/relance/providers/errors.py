"""Errors of providers."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class ProviderNotFoundError(NotFoundError):
    """This app has no such provider."""

    code = "provider_not_found"


class ProviderLimitError(ConflictError):
    """The app has reached its limit of providers, given in ``data["limit"]``."""

    code = "provider_limit"


class StaleProviderError(ConflictError):
    """The provider was changed since it was read; ``data["version"]`` is its version now."""
