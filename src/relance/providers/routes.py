"""Where messages of an app can leave: by a provider of the app, or by what the server has for apps without one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from relance.channels.kind import ServerDefault
from relance.channels.provider_type import ProviderType
from relance.channels.registry import KINDS
from relance.core.configuration import Settings


class ChannelRoute(NamedTuple):
    """Where messages of a channel leave; ``service``: those to its addresses, where the channel has several."""

    channel: str
    service: str
    default: ServerDefault | None


def routes(types: Mapping[str, ProviderType], settings: Settings) -> Iterator[ChannelRoute]:
    """Every channel, in display order, once for each service that a type of provider carries messages to."""
    for kind in KINDS.values():
        services = [each.service for each in types.values() if each.channel == kind.name]
        for service in dict.fromkeys(services) or [""]:
            yield ChannelRoute(kind.name, service, kind.server_default(settings))
