"""What providers report by themselves: what became of a message, and what a person answered."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from relance.core.errors import ForbiddenError


class CallbackForgedError(ForbiddenError):
    """A report is not signed by the provider that its address was given to."""

    code = "callback_forged"


class CallbackRequest(msgspec.Struct, frozen=True):
    """A request to a provider's callback address. ``url`` is the address as the provider knows it, with its query.

    ``what`` is the part of the path after the address; header names are in lower case. ``form`` is empty where the body is none.
    """

    url: str
    what: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = {}
    body: bytes = b""
    received_at: int = 0  # real time, in ms


class Fate(StrEnum):
    """What became of a message that the provider had taken."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # this time; the address may be reached again
    SENDER_AT_FAULT = "sender_at_fault"  # refused for its sender, its content or a policy: the address is not to blame
    NO_SUCH_ADDRESS = "no_such_address"  # nothing may be sent there until somebody says otherwise
    REFUSED = "refused"  # the person had said no to the provider
    COMPLAINED = "complained"  # the person reported it as spam


class FateReport(msgspec.Struct, frozen=True):
    """What became of one delivery; ``detail`` is the provider's code and words."""

    delivery: str
    fate: Fate
    detail: str = ""


class ReturnedReport(msgspec.Struct, frozen=True):
    """What a message that came back tells of itself. ``recipients`` are the addresses it names; nothing proves them."""

    fate: Fate
    detail: str = ""
    recipients: tuple[str, ...] = ()


class Keyword(StrEnum):
    """What a person's answer asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


class AnswerReport(msgspec.Struct, frozen=True):
    """What a person answered. ``address`` is theirs; ``id`` is the provider's name for the answer, the same at each repeat."""

    address: str
    keyword: Keyword | None
    text: str
    id: str


class CallbackContent(msgspec.Struct, frozen=True):
    """What a callback says. ``reply`` is what the provider is answered with, of ``media_type``.

    ``proof`` names what proved it, where that would prove any other body as well: it is taken for one alone.
    """

    reports: tuple[FateReport | AnswerReport, ...] = ()
    reply: str = ""
    media_type: str = "text/plain"
    proof: str = ""


Listener = Callable[[Any, Any, CallbackRequest], CallbackContent]
"""Reads a callback by a provider's settings and secrets. Raises ``CallbackForgedError``."""
