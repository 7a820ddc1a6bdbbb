"""Webhooks as a kind of channel: another system is told of a person, who has no address for that and is asked nothing."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.webhook.content import WebhookContent

WEBHOOK = ChannelKind(
    name="webhook",
    labels={"en": "webhook", "fr": "webhook"},
    content=WebhookContent,
    implies_consent=True,  # nobody is written to
    is_repeatable=True,  # receivers tell a repeat by its id
    has_addresses=False,
    answers=True,
)
