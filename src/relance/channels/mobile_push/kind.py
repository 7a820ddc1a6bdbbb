"""Mobile push as a kind of channel."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.mobile_push.content import MobilePushContent
from relance.channels.mobile_push.device import chosen, from_device, place, service_of, takes

MOBILE_PUSH = ChannelKind(
    name="mobile_push",
    called={"en": "mobile push", "fr": "push mobile"},
    content=MobilePushContent,
    implies_consent=True,  # the phone's permission was given to this very app
    is_repeatable=True,  # a device shows one of a collapse id
    measures=frozenset(("delivered", "dismissed")),
    place=place,
    takes=takes,
    from_device=from_device,
    chosen=chosen,
    service_of=service_of,
)
