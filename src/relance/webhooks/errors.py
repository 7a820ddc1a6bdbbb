"""Errors of webhooks."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class WebhookNotFoundError(NotFoundError):
    """This app has no such webhook."""

    code = "webhook_not_found"


class WebhookLimitError(ConflictError):
    """The app has reached its limit of webhooks, given in ``data["limit"]``."""

    code = "webhook_limit"
