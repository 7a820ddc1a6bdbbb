"""What a kind of provider is: the settings and secrets it needs, and the transport that is opened from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, Protocol, runtime_checkable

import msgspec
from msgspec import Meta

from relance.channels.callback import Listener
from relance.channels.model import SendResult
from relance.channels.transport import Begin, SendAddress


class ProviderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every type of provider can be told."""

    sends_per_second: Annotated[
        int,
        Meta(ge=0, le=10_000, title="Messages a second", description="So many leave at most, evenly; 0: all it takes."),
    ] = 0


class ProviderContext(msgspec.Struct, frozen=True):
    """Where a provider is used. ``private``: it may be in the operator's own network, over plain HTTP.

    ``callback_url`` is where it may report results; each provider of each app has its own, which cannot be guessed.
    ``authority``: a file of certificates that are trusted besides, of what stands in for a provider at another address.
    """

    private: bool = False
    callback_url: str = ""
    authority: str = ""


class ProviderTransport(Protocol):
    """Carries finished messages through one provider, on one event loop. Neither method raises for what the provider does."""

    async def send(self, rendered: Any, destination: SendAddress, now: int, begin: Begin) -> SendResult:
        """``rendered`` is what the kind's content renders to."""
        ...

    async def test(self, to: str) -> SendResult:
        """Send a fixed text to an address. Raises ``InvalidError`` at ``to`` if it is none."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@runtime_checkable
class PausingTransport(Protocol):
    """A provider's transport that pauses by itself where its key is refused."""

    def paused(self) -> list[dict[str, Any]]:
        """As ``channels.transport.Transport`` has it."""
        ...


class Price(NamedTuple):
    """What one message costs, as a decimal text, in a currency (ISO 4217)."""

    amount: str
    currency: str


class ProviderType(msgspec.Struct, frozen=True):
    """A kind of provider, described by the folder of its transport, which the server does without.

    ``settings`` and ``secrets`` are structs with a description per field; secrets are texts, and are never shown again.
    ``check`` refuses what no type can say, with an ``InvalidError`` at a path that begins with ``settings`` or ``secrets``.
    ``service`` is whose addresses it carries messages to (``ChannelKind.service_of``); empty: all of the channel's.
    ``leads`` names the settings that decide where secrets go: a change of one asks for all secrets anew, so that nobody who may
    change settings learns them. ``hear`` reads what the provider reports to its callback address; None if it reports nothing.
    ``key_of``: settings → the key by which addresses name the account that they were made with (``SendAddress.key``); an app has
    any number of such active at once, each for its own addresses alone.
    ``price``: settings and a message as a preview shows it → what it costs, where that is known.
    """

    name: str
    title: str
    channel: str
    settings: type[msgspec.Struct]
    secrets: type[msgspec.Struct]
    check: Callable[[Any, Any, ProviderContext], None]
    service: str = ""
    leads: tuple[str, ...] = ()
    hear: Listener | None = None
    key_of: Callable[[Any], str] | None = None
    price: Callable[[Any, Mapping[str, Any]], Price | None] | None = None


Opener = Callable[[Any, Any, ProviderContext], ProviderTransport]
"""Opens a transport from the settings and secrets of its type."""
