"""Web push as a kind of channel."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.web_push.browsers import not_shown
from relance.channels.web_push.content import PushContent
from relance.channels.web_push.device import from_device
from relance.channels.web_push.subscription import read_subscription

WEB_PUSH = ChannelKind(
    name="web_push",
    labels={"en": "web push", "fr": "push web"},
    content=PushContent,
    implies_consent=True,  # the browser's permission was given to this very site
    is_repeatable=True,  # the push service keeps one of a topic, and the device shows one of a tag
    measures=frozenset(("delivered", "dismissed")),
    from_device=from_device,
    server_default=lambda _settings: "server",  # its own key
    check_device=read_subscription,
    not_shown=not_shown(),
)
