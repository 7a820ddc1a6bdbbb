"""The kinds of channel: what a message of each says, and what it can be known to come to."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import msgspec
from litestar import Router, get
from msgspec import Meta

from relance.channels.registry import KINDS, Channel
from relance.web.api.documentation import ERRORS


class ChannelAnswer(msgspec.Struct, frozen=True):
    """A kind of channel. ``implies_consent``: to have an address of it is to have agreed, until the person says otherwise."""

    channel: Channel
    labels: Annotated[dict[str, str], Meta(description="Language → its name within a sentence.")]
    content: Annotated[dict[str, Any], Meta(description="JSON schema of a message's `content`; each text is a Liquid template.")]
    measures: Annotated[list[str], Meta(description="What becomes known of a message besides clicks.")]
    implies_consent: bool
    not_shown: Annotated[
        dict[str, list[str]], Meta(description="Field of `content` → the browsers that do not show it in any version.")
    ]


class ChannelList(msgspec.Struct, frozen=True):
    """Every kind, in display order."""

    channels: list[ChannelAnswer]


@cache
def _kinds() -> ChannelList:
    return ChannelList(
        [
            ChannelAnswer(
                Channel(kind.name),
                dict(kind.labels),
                msgspec.json.schema(kind.content),
                sorted(kind.measures),
                kind.implies_consent,
                {field: list(browsers) for field, browsers in kind.not_shown.items()},
            )
            for kind in KINDS.values()
        ]
    )


@get("/channels", operation_id="listChannels", summary="List the kinds of channel", responses=ERRORS, sync_to_thread=False)
def list_channels() -> ChannelList:
    """What messages can be written for: web push, e-mail … with the fields of each."""
    return _kinds()


router = Router(path="/", route_handlers=[list_channels], tags=["Messages"])
