"""What a message would say to a sample of people, all together: what is missing for how many, what fails, how large it gets."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy.engine import Engine

from relance.accounts.model import App
from relance.channels.addresses import is_public_host
from relance.channels.content import MessageSize
from relance.core.error_text import ErrorText
from relance.core.urls import web_address
from relance.infra.database import reading
from relance.messaging.context import service as context
from relance.messaging.context.service import Wanted
from relance.messaging.errors import MessageNotFoundError
from relance.messaging.model import SkipReason
from relance.messaging.preparing import recipient_of
from relance.messaging.previewing import SenderSettings, Shown, show
from relance.messaging.saved import service as saved
from relance.users.model import SubscriptionState
from relance.users.reach import PersonReach, read_reach

MOST_CHECKED = 200  # people
MOST_SECONDS = 5.0  # of filling in; what is not filled in by then is not checked
_OF_NO_INTERNET = (".local", ".test")  # RFC 6762, RFC 6761
MOST_LISTED = 50  # different variables, faults or links that are told


class MissingCount(msgspec.Struct, frozen=True):
    """A variable that is missing for ``people``, one of whom is ``example``; ``path`` is the field that puts it in."""

    path: str
    variable: str
    people: int
    example: int


class FaultCount(msgspec.Struct, frozen=True):
    """What keeps the message from ``people``, one of whom is ``example``: the skip reason, the field, and what is wrong there."""

    reason: SkipReason
    path: str
    detail: ErrorText
    people: int
    example: int


class LanguageCheck(msgspec.Struct, frozen=True):
    """How many read it in a language, and the largest that it gets, for ``example``; None: its kind has no limit of size."""

    language: str
    people: int
    largest: MessageSize | None
    example: int


class LinkCount(msgspec.Struct, frozen=True):
    """An address that the message leads to. ``problem``: ``insecure`` (no https), ``local`` (no reader opens it) or ""."""

    url: str
    people: int
    problem: str


class MessageCheck(msgspec.Struct, frozen=True):
    """``people`` were filled in for, ``without_address`` of them have none on the channel."""

    people: int
    without_address: int
    languages: list[LanguageCheck]
    missing: list[MissingCount]
    faults: list[FaultCount]
    links: list[LinkCount]


class MessageChecks:
    """Checks a message over a sample of its audience, before it is published."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(
        self, app: App, message_id: int, persons: Collection[int], now: int, sending: SenderSettings, event_body: bytes = b"{}"
    ) -> MessageCheck:
        """What the message would say to these people (up to ``MOST_CHECKED``) at ``now``. Nothing is written or sent.

        ``event_body`` as for a preview. Raises ``MessageNotFoundError``. It takes up to ``MOST_SECONDS``.
        """
        wanted = sorted(set(persons))[:MOST_CHECKED]
        data = event_body.decode()
        with reading(self._engine) as connection:
            message = saved.message(connection, app.id, message_id)
            if message is None:
                raise MessageNotFoundError(ErrorText("message_not_found", "There is no such message in this app."))
            people = list(read_reach(connection, app.id, wanted).values())
            places = [_place(person, message.channel.value) for person in people]
            named = context.Round(connection, [message], lambda _: app)
            asked = [
                Wanted(message, app, person.person_id, data, device) for person, (_, device) in zip(people, places, strict=True)
            ]
            told = named.tell(connection, asked)
        until, found = time.monotonic() + MOST_SECONDS, []
        for person, (address, device), known in zip(people, places, told, strict=True):
            recipient = recipient_of(person, address, data, app, now, known, device)
            found.append((person.person_id, show(message, recipient, sending, app.settings.link_hosts)))
            if time.monotonic() > until:
                break
        return summed(found)


def summed(found: Iterable[tuple[int, Shown]]) -> MessageCheck:
    """What is told of one message, shown for several people. Pure."""
    people = without_address = 0
    languages: dict[str, LanguageCheck] = {}
    missing: dict[tuple[str, str], MissingCount] = {}
    faults: dict[tuple[str, str, str], FaultCount] = {}
    links: dict[str, LinkCount] = {}
    for person, shown in found:
        people += 1
        without_address += not shown.address
        languages[shown.language] = _with_size(languages.get(shown.language), shown, person)
        for each in shown.missing:
            before = missing.get((each.path, each.variable), MissingCount(each.path, each.variable, 0, person))
            missing[each.path, each.variable] = msgspec.structs.replace(before, people=before.people + 1)
        if (why := shown.unsendable) is not None:
            key = (why.reason.value, why.path, why.detail.reason)
            fault = faults.get(key, FaultCount(why.reason, why.path, why.detail, 0, person))
            faults[key] = msgspec.structs.replace(fault, people=fault.people + 1)
        for url in shown.links:
            link = links.get(url, LinkCount(url, 0, problem_of(url)))
            links[url] = msgspec.structs.replace(link, people=link.people + 1)
    return MessageCheck(
        people,
        without_address,
        [languages[name] for name in sorted(languages)],
        sorted(missing.values(), key=lambda each: (-each.people, each.path, each.variable))[:MOST_LISTED],
        sorted(faults.values(), key=lambda each: (-each.people, each.path))[:MOST_LISTED],
        sorted(links.values(), key=lambda each: (not each.problem, -each.people, each.url))[:MOST_LISTED],
    )


def problem_of(url: str) -> str:
    """What is wrong with where a link leads, as far as its text shows it."""
    address = web_address(url)
    if address is None or not is_public_host(address.host.strip("[]")) or address.host.endswith(_OF_NO_INTERNET):
        return "local"
    return "insecure" if url.lower().startswith("http:") else ""


def _with_size(before: LanguageCheck | None, shown: Shown, person: int) -> LanguageCheck:
    known = before or LanguageCheck(shown.language, 0, None, person)
    known = msgspec.structs.replace(known, people=known.people + 1)
    if shown.size is not None and (known.largest is None or shown.size.size > known.largest.size):
        return msgspec.structs.replace(known, largest=shown.size, example=person)
    return known


def _place(person: PersonReach, channel: str) -> tuple[str, dict[str, object]]:
    own = [each for each in person.subscriptions.values() if each.channel == channel]
    open_ = [each for each in own if each.state == SubscriptionState.SUBSCRIBED]
    place = max(open_ or own, key=lambda each: each.id, default=None)
    return ("", {}) if place is None else (place.address, dict(place.device))
