"""What can go wrong with webhooks."""

from __future__ import annotations

from relance.core.errors import ConflictError, NotFoundError


class WebhookNotFoundError(NotFoundError):
    """This app has no such webhook."""

    code = "webhook_not_found"


class WebhookLimitError(ConflictError):
    """The app has as many webhooks as it may have; ``data["limit"]`` says how many."""

    code = "webhook_limit"
