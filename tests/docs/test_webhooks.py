"""The check of a signature in the how-to takes what is sent, and nothing else."""

from __future__ import annotations

from typing import Any

from relance.channels.standard_webhooks import new_secret, sign
from tests.docs.pages import ROOT


def test_the_check_that_the_how_to_shows_is_right() -> None:
    page = (ROOT / "docs/how-to/webhooks.md").read_text()
    names: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)  # noqa: S102
    is_genuine, secret, body = names["is_genuine"], new_secret(), b'{"type":"webhook.test"}'
    headers = sign(secret, "msg_1", 1_790_000_000, body)
    assert is_genuine(secret, headers, body)
    assert not is_genuine(new_secret(), headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    assert not is_genuine(secret, {**headers, "webhook-id": "msg_2"}, body)
    assert not is_genuine(secret, {**headers, "webhook-timestamp": "1790000001"}, body)
