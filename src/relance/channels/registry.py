"""The kinds of channel. A kind is its folder and its line here: nothing else names one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from relance.channels.email.kind import EMAIL
from relance.channels.kind import ChannelKind
from relance.channels.mobile_push.kind import MOBILE_PUSH
from relance.channels.sms.kind import SMS
from relance.channels.web_push.kind import WEB_PUSH
from relance.channels.webhook.kind import WEBHOOK

#: By name, in display order.
KINDS: Mapping[str, ChannelKind] = {each.name: each for each in (WEB_PUSH, MOBILE_PUSH, EMAIL, SMS, WEBHOOK)}

#: The kind whose addresses are confirmed by whoever reads them.
CONFIRMED: ChannelKind = next(each for each in KINDS.values() if each.confirmation is not None)


def called(language: str) -> dict[str, str]:
    """Kind → what it is called within a sentence of this language."""
    return {kind.name: kind.labels[language] for kind in KINDS.values()}


if TYPE_CHECKING:

    class Channel(StrEnum):
        """The name of a kind, where one of them is asked for."""
else:
    Channel = StrEnum("Channel", {name.upper(): name for name in KINDS})
