"""What the API shows of a webhook."""

from __future__ import annotations

import pytest

from relance.web.api.webhooks import as_webhook
from relance.webhooks.service import Webhook, WebhookCursor, WebhookState

FAILING = [
    WebhookCursor(1, 0, 10, attempts=2, next_at=9_000, failing_since=3_000, answered_at=5_000, detail="HTTP 500"),
    WebhookCursor(1, 1, 10, attempts=1, next_at=7_000, failing_since=4_000, answered_at=4_000, detail="HTTP 502"),
    WebhookCursor(1, 2, 10, answered_at=8_000, detail="HTTP 204"),
]


@pytest.mark.parametrize(
    ("state", "next_at"), [(WebhookState.ACTIVE, 7_000), (WebhookState.PAUSED, None), (WebhookState.STOPPED, None)]
)
def test_only_one_that_is_active_will_be_tried_again(state: WebhookState, next_at: int | None) -> None:
    webhook = Webhook(1, 1, "https://crm.example/relance", "whsec_x", (), state, 1_000, "ana")
    shown = as_webhook(webhook, FAILING)
    assert (shown.next_at, shown.failing_since, shown.detail) == (next_at, 3_000, "HTTP 500")
