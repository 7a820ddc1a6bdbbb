"""What an event's ``context`` says about a person: language, place, session, push address, consent. Pure.

Names follow the Segment spec (``context.locale``, ``timezone``, ``location``, ``device``); ``context.ip`` is never stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from relance.channels.registry import KINDS
from relance.channels.transport import KEY
from relance.core.encoding import from_json, to_canonical_json
from relance.core.mailbox import is_mailbox
from relance.core.trimming import trimmed
from relance.users.about import read_about
from relance.users.model import CHANNELS, EMAIL, GENERAL

_LOCALE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}))?(?:[-_.@].*)?")
_ZONE = re.compile(r"[A-Za-z0-9_+\-/]{1,64}")
_ADDRESS_LENGTH = 2048
_KEY_LENGTH = 128


_OF_DEVICES = tuple((kind.name, kind.from_device) for kind in KINDS.values() if kind.from_device is not None)


_KEY_MARK = f'"{KEY}":'


class PushAddress(NamedTuple):
    """A push address as reported by a device; ``secret`` and ``device`` are JSON texts."""

    channel: str
    address: str
    secret: str
    device: str

    def after(self, secret: str) -> PushAddress:
        """As it is where the same address had this secret: pages do not repeat with which key it was made."""
        if _KEY_MARK not in secret or _KEY_MARK in self.secret:
            return self
        before, now = from_json(secret), from_json(self.secret)
        key = before.pop(KEY)
        return self._replace(secret=to_canonical_json({**now, KEY: key})) if before == now else self


class ContextFacts(NamedTuple):
    """The relevant content of a context; ``consents`` are (channel, topic, granted), ``about`` is in the form of ``about``."""

    language: str | None = None
    region: str | None = None
    timezone: str | None = None
    country: str | None = None
    session: str = ""
    push: PushAddress | None = None
    consents: tuple[tuple[str, str, bool], ...] = ()
    about: str = ""


NOTHING = ContextFacts()


class _Context(msgspec.Struct, gc=False):
    """Only the relevant members; the decoder skips the rest. Types are checked individually below."""

    locale: Any = None
    timezone: Any = None
    location: Any = None
    device: Any = None
    session: Any = None
    session_id: Any = msgspec.field(default=None, name="sessionId")
    consent: Any = None
    os: Any = None
    app: Any = None
    campaign: Any = None
    referrer: Any = None
    userAgent: Any = None  # noqa: N815 - as the Segment spec writes it


_DESCRIBING = ("device", "os", "app", "location", "campaign", "referrer", "userAgent")
_decode = msgspec.json.Decoder(_Context).decode


def read_context(context: bytes) -> ContextFacts | None:
    """The facts in a context, or None. A member of the wrong type counts as missing."""
    try:
        found = _decode(context)
    except msgspec.DecodeError:
        return None
    language, region = read_locale(found.locale)
    session = found.session_id
    if session is None and isinstance(found.session, dict):
        session = found.session.get("id")
    location = found.location if isinstance(found.location, dict) else {}
    facts = ContextFacts(
        language,
        region,
        read_zone(found.timezone),
        read_country(location.get("country")),
        _key(session),
        read_push(found.device) if isinstance(found.device, dict) else None,
        read_consents(found.consent),
        read_about({name: getattr(found, name) for name in _DESCRIBING}),
    )
    return None if facts == NOTHING else facts


def read_locale(value: Any) -> tuple[str | None, str | None]:
    """``"fr-CA"`` → ``("fr", "CA")``."""
    match = _LOCALE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None, None
    region = match[2]
    return match[1].lower(), region.upper() if region else None


def read_zone(value: Any) -> str | None:
    """The name of a time zone, if it could be one; whether it exists is checked where it is used."""
    return value if isinstance(value, str) and _ZONE.fullmatch(value) else None


def read_country(value: Any) -> str | None:
    """A country: a two-letter code in capitals, or its name as given."""
    if not isinstance(value, str):
        return None
    name = value.strip()
    if not name or len(name) > _KEY_LENGTH or "\x00" in name:
        return None
    return name.upper() if len(name) == 2 else name


def read_email(value: Any) -> str | None:
    """The address in the form in which it is compared and sent to (trimmed, lower case); None if invalid."""
    if not isinstance(value, str):
        return None
    address = trimmed(value).lower()
    return address if is_mailbox(address) else None


class AddressSource(NamedTuple):
    """A trait that holds a person's address on a channel; ``read`` is its kind's ``from_trait``."""

    channel: str
    trait: str
    read: Callable[[Any, str | None], str | None]


def _read_mailbox(value: Any, _country: str | None) -> str | None:
    return read_email(value)


#: The traits that hold addresses. Such an address has one reader: what was refused there is refused by whoever has it.
ADDRESS_SOURCES = (
    AddressSource(EMAIL, EMAIL, _read_mailbox),
    *(AddressSource(kind.name, kind.trait, kind.from_trait) for kind in KINDS.values() if kind.from_trait is not None),
)
NEEDS_NAMED_CONSENT = frozenset(kind.name for kind in KINDS.values() if kind.needs_named_consent)
OF_ONE_READER = frozenset(each.channel for each in ADDRESS_SOURCES)


def with_whole_addresses(traits: dict[str, Any], app_country: Callable[[], str]) -> dict[str, Any]:
    """The traits with addresses in the form in which they are compared, where a national form needs a country to be read.

    It is the one that the same traits name, otherwise the app's.
    """
    for _, trait, read in ADDRESS_SOURCES[1:]:
        given = traits.get(trait)
        if isinstance(given, str):
            whole = read(given, None) or read(given, _country_in(traits) or app_country())
            if whole and whole != given:
                traits = {**traits, trait: whole}
    return traits


def _country_in(traits: dict[str, Any]) -> str | None:
    place = traits.get("address")
    return read_country(traits.get("country") or (place.get("country") if isinstance(place, dict) else None))


def one_spelling(channel: str, address: str) -> str:
    """What is the same for all spellings of an address."""
    return KINDS[channel].canonical_address(trimmed(address)) if channel in OF_ONE_READER and channel in KINDS else address


_NO = frozenset(("false", "no", "off", "0"))


def read_answer(value: Any) -> bool | None:
    """A reported yes or no. For a no, texts and 0 count, too: a formal mistake must not cause messages."""
    if isinstance(value, bool):
        return value
    said = value.strip().lower() if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return False if said in _NO else None


def read_consents(value: Any) -> tuple[tuple[str, str, bool], ...]:
    """``{"email": true, "web_push": {"offers": false}}`` → (channel, topic, granted) each; anything else is ignored."""
    if not isinstance(value, dict):
        return ()
    found: list[tuple[str, str, bool]] = []
    for channel in CHANNELS:
        given = value.get(channel)
        if isinstance(given, dict):
            answers = [(_key(topic), read_answer(granted)) for topic, granted in given.items()]
        else:
            answers = [(GENERAL, read_answer(given))]
        found.extend((channel, topic, granted) for topic, granted in answers if granted is not None)
    return tuple(entry for entry in found if entry[1])


def read_push(device: dict[str, Any]) -> PushAddress | None:
    """The push address in ``context.device``, under ``push`` or ``token``, of whichever kind takes it."""
    given = device.get("push") or device.get("token")
    if isinstance(given, str) and given.startswith("{"):
        given = _object(given)
    about = to_canonical_json({name: value for name, value in device.items() if name not in ("push", "token")})
    for channel, from_device in _OF_DEVICES:
        found = from_device(given)
        if found is not None and _is_address(found.address):
            return PushAddress(channel, found.address, to_canonical_json(found.secret), about)
    return None


def _object(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def _is_address(text: str) -> bool:
    return bool(text) and len(text) <= _ADDRESS_LENGTH and "\x00" not in text


def _key(value: Any) -> str:
    """The name of a session or a topic; numbers become text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if len(text) <= _KEY_LENGTH and "\x00" not in text else ""
