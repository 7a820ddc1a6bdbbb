"""A person's profile in memory, and the rules that change it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.core.encoding import to_canonical_json
from relance.users import about
from relance.users.model import BESIDE_TRAITS, LISTS, PREFERENCES
from relance.users.rule_facts import CHOICE, NO_ORIGINS, UNKNOWN, ProfileFacts
from relance.users.stored_preferences import join_preferences

CLEAN, SEEN, CHANGED = 0, 1, 2  # what a flush must write: nothing, the instants, the whole row


class Profile:
    """A row of ``users`` in memory. ``traits`` is None until something needs them; instants are ms, 0 = never.

    ``active_at`` is the last activity of the current session, ``session_at`` its start, ``session_key`` the SDK's id for it;
    ``session_count`` and ``session_ms`` sum up all sessions. ``origins`` says where country, zone and language came from
    (``rule_facts``), ``about`` holds device, app, place and acquisition (``about``). ``vouched``: a server, or a browser with
    proof, has named the person by user id.
    """

    __slots__ = (
        "about",
        "active_at",
        "country",
        "created_at",
        "dirty",
        "external_id",
        "first_seen",
        "id",
        "language",
        "last_seen",
        "origins",
        "session_at",
        "session_count",
        "session_key",
        "session_ms",
        "stored",
        "timezone",
        "traits",
        "version",
        "vouched",
    )

    def __init__(  # noqa: PLR0913, RUF100 - one argument a column, in the order the store reads them
        self,
        id: int,  # noqa: A002, RUF100
        external_id: str | None,
        first_seen: int,
        last_seen: int,
        session_at: int,
        active_at: int,
        session_key: str,
        session_count: int,
        session_ms: int,
        country: str | None,
        timezone: str | None,
        language: str | None,
        origins: str,
        version: int,
        created_at: int,
        vouched: bool = False,
        about: str = "",
    ) -> None:
        self.id = id
        self.external_id = external_id
        self.first_seen = first_seen
        self.last_seen = last_seen
        self.session_at = session_at
        self.active_at = active_at
        self.session_key = session_key
        self.session_count = session_count
        self.session_ms = session_ms
        self.country = country
        self.timezone = timezone
        self.language = language
        self.origins = origins
        self.about = about
        self.version = version
        self.created_at = created_at
        self.vouched = vouched
        self.traits: dict[str, Any] | None = None
        self.stored = True
        self.dirty = CLEAN


def new_profile(person_id: int, external_id: str | None, occurred_at: int, received_at: int) -> Profile:
    """The profile of a new person, from their first event."""
    profile = Profile(
        person_id, external_id, occurred_at, occurred_at, 0, 0, "", 0, 0, None, None, None, NO_ORIGINS, 1, received_at
    )
    profile.traits = {}
    profile.stored = False
    return profile


def loaded_traits(profile: Profile) -> dict[str, Any]:
    """The traits, which the caller has loaded."""
    if profile.traits is None:
        raise RuntimeError(f"traits of person {profile.id} are not loaded")
    return profile.traits


def known_of(profile: Profile) -> ProfileFacts:
    """The facts that the program determined about the person."""
    p = profile
    seen = p.first_seen, p.last_seen, p.session_count, p.session_ms
    return ProfileFacts(p.country, p.language, p.timezone, p.origins, p.about, *seen)


def shown_traits(traits: dict[str, Any]) -> dict[str, Any]:
    """The traits without what is stored beside them."""
    if BESIDE_TRAITS.isdisjoint(traits):
        return traits
    return {name: value for name, value in traits.items() if name not in BESIDE_TRAITS}


def put_on_list(profile: Profile, number: int, inside: bool) -> bool:
    """Put the person on a list or take it off; returns whether that changed anything."""
    kept = loaded_traits(profile)
    lists = set(kept.pop(LISTS, ()))
    changed = (number in lists) is not inside
    lists ^= {number} if changed else set()
    if lists:
        kept[LISTS] = sorted(lists)
    return changed


def apply_traits(profile: Profile, traits: Mapping[str, Any]) -> bool:
    """Set the given traits; null deletes one. Returns whether anything changed."""
    kept = loaded_traits(profile)
    changed = False
    for name, value in traits.items():
        if value is None:
            changed |= kept.pop(name, None) is not None
        elif name not in kept or not _same(kept[name], value):
            kept[name] = value
            changed = True
    return changed


Said = tuple[str | None, str]
"""A value and the letter of its source."""


def put_places(profile: Profile, country: Said, timezone: Said, language: Said) -> bool:
    """Set a person's place and language; returns whether that changed anything."""
    origins = "".join(origin if value else UNKNOWN for value, origin in (country, timezone, language))
    before = profile.country, profile.timezone, profile.language, profile.origins
    profile.country, profile.timezone, profile.language, profile.origins = country[0], timezone[0], language[0], origins
    return before != (country[0], timezone[0], language[0], origins)


def absorb(winner: Profile, loser: Profile) -> None:
    """Merge the loser's profile into the winner's: the winner's values stand, gaps are filled."""
    traits = loaded_traits(winner)
    for number in loaded_traits(loser).get(LISTS, ()):
        put_on_list(winner, number, inside=True)
    join_preferences(traits, loaded_traits(loser))
    for name, value in loaded_traits(loser).items():
        if name != PREFERENCES:
            traits.setdefault(name, value)
    put_places(
        winner,
        (winner.country, winner.origins[0]) if winner.country else (loser.country, loser.origins[0]),
        (winner.timezone, winner.origins[1]) if winner.timezone else (loser.timezone, loser.origins[1]),
        _language_of_two(winner, loser),
    )
    winner.about = about.merged(winner.about, loser.about, loser_is_older=loser.first_seen < winner.first_seen)
    winner.session_count += loser.session_count
    winner.session_ms += loser.session_ms
    winner.first_seen = min(winner.first_seen, loser.first_seen)
    winner.last_seen = max(winner.last_seen, loser.last_seen)
    winner.created_at = min(winner.created_at, loser.created_at)
    if (loser.active_at, loser.session_at, loser.session_key) > (winner.active_at, winner.session_at, winner.session_key):
        winner.active_at, winner.session_at = loser.active_at, loser.session_at
        winner.session_key = loser.session_key
    winner.vouched |= loser.vouched
    winner.version += 1


def put_language(profile: Profile, language: Said) -> bool:
    """Set a person's language; returns whether that changed anything."""
    origins = profile.origins
    return put_places(profile, (profile.country, origins[0]), (profile.timezone, origins[1]), language)


def language_said(profile: Profile, language: str | None, origin: str) -> Said:
    """The language, with one that an event or a trait reports: what the person chose stays."""
    kept = profile.language, profile.origins[2]
    return (language, origin) if language and kept[1] != CHOICE else kept


def _language_of_two(winner: Profile, loser: Profile) -> Said:
    is_winners = winner.language is not None and not (loser.origins[2] == CHOICE and winner.origins[2] != CHOICE)
    kept = winner if is_winners else loser
    return kept.language, kept.origins[2]


def _same(old: Any, new: Any) -> bool:
    """Equality as in JSON: ``1`` and ``true`` differ, though Python considers them equal."""
    if isinstance(new, dict | list):
        return to_canonical_json(old) == to_canonical_json(new)
    return bool(old == new) and type(old) is type(new)
