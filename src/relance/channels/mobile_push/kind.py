"""Mobile push as a kind of channel."""

from __future__ import annotations

from relance.channels.kind import ChannelKind
from relance.channels.mobile_push.content import MobilePushContent
from relance.channels.mobile_push.device import canonical_address, choose_devices, from_device, is_address, service_of

MOBILE_PUSH = ChannelKind(
    name="mobile_push",
    labels={"en": "mobile push", "fr": "push mobile"},
    content=MobilePushContent,
    implies_consent=True,  # the phone's permission was given to this very app
    is_repeatable=True,  # a device shows one of a collapse id
    measures=frozenset(("delivered", "dismissed")),
    canonical_address=canonical_address,
    is_address=is_address,
    from_device=from_device,
    choose_devices=choose_devices,
    service_of=service_of,
)
