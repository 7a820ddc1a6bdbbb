"""Applies a tick's events to profiles, subscriptions and consents. Pure, over a ``WorkingSet`` that holds everything touched."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from relance.core.encoding import to_canonical_json
from relance.core.ids import stable_id
from relance.core.time import HOUR
from relance.users.about import joined, text_of, written
from relance.users.address_states import put_into_state, release
from relance.users.consent import ConsentRecord
from relance.users.edits import changes, channels_of, grant_of, is_id, keys_of, lists_of, object_of
from relance.users.facts import (
    ADDRESS_SOURCES,
    NEEDS_NAMED_CONSENT,
    OF_ONE_READER,
    ContextFacts,
    PushAddress,
    read_answer,
    read_consents,
    read_context,
    read_country,
    read_locale,
    read_zone,
    with_whole_addresses,
)
from relance.users.model import BESIDE_TRAITS, CHANNELS, EMAIL, GENERAL, MERGED, AliasKind, ProfileEvent, SubscriptionState
from relance.users.preferences import decide
from relance.users.profile import Profile, absorb, apply_traits, language_said, loaded_traits, put_on_list
from relance.users.rule_facts import EVENT, LOCALE, TRAIT
from relance.users.trust import (
    AS_SAID,
    FULL,
    HELD,
    LONGEST_HELD,
    TOO_MANY_CONFIRMATIONS,
    Held,
    Trust,
    described,
    describing,
    reaches,
    still_due,
    trust_in,
)
from relance.users.working_set import CachedAddress, WorkingSet, new_address

_CONSENT_TRAITS = frozenset(("consent", "marketing_consent"))
_STATES = frozenset(map(str, SubscriptionState))
_IMPORT, _IMPORTED = "import", 1  # the bit of ``events.model.Flag.IMPORTED``
_ENDED = (SubscriptionState.GONE, SubscriptionState.SUPPRESSED)
HEARD_EVERY = HOUR  # how often it is noted that a device still reports its address


UpdateSource = ProfileEvent | Held
"""An event, or a held-back call."""


class ProfileUpdate(msgspec.Struct, gc=False):
    """What an event says about its person, read but not yet applied; ``edit`` is the body of an edit, ``traits`` those to set."""

    facts: ContextFacts | None = None
    traits: dict[str, Any] | None = None
    edit: dict[str, Any] | None = None


def no_country() -> str:
    """Of an app that has none set."""
    return ""


def read_note(
    event: ProfileEvent | Held, facts: ContextFacts | None, app_country: Callable[[], str] = no_country
) -> ProfileUpdate | None:
    """Read an event that may change a profile; None if it says nothing relevant."""
    if event.kind == "identify":
        return ProfileUpdate(facts, with_whole_addresses(object_of(event.body), app_country))
    if event.kind == "edit":
        body = object_of(event.body)
        traits = body.get("traits")
        return ProfileUpdate(None, with_whole_addresses(traits, app_country) if isinstance(traits, dict) else None, body)
    return None if facts is None else ProfileUpdate(facts)


def addresses_of(note: ProfileUpdate) -> list[tuple[str, str]]:
    """The (channel, address) keys that an update may touch, besides the profile's old and new e-mail address."""
    keys: list[tuple[str, str]] = []
    if note.facts is not None and note.facts.push is not None:
        keys.append(note.facts.push[:2])
    for change in changes(note.edit, "subscription"):
        keys.extend(keys_of(change))
    return keys


def speaks_of_consent(note: ProfileUpdate) -> bool:
    """Whether an update says anything about consent."""
    if note.facts is not None and note.facts.consents:
        return True
    if note.traits is not None and not _CONSENT_TRAITS.isdisjoint(note.traits):
        return True
    return bool(changes(note.edit, "consent"))


def answered_addresses(edit: dict[str, Any]) -> list[tuple[str, str]]:
    """The (channel, address) keys, of addresses with one reader, named in an edit's consent statements."""
    return [key for change in changes(edit, "consent") for key in keys_of(change) if key[0] in OF_ONE_READER]


def subscription_ids_of(note: ProfileUpdate) -> list[int]:
    """The subscription ids that an edit names."""
    return [change["id"] for change in changes(note.edit, "subscription") if is_id(change.get("id"))]


def apply_note(
    working_set: WorkingSet, profile: Profile, note: ProfileUpdate, event: UpdateSource, late: bool, trust: Trust = FULL
) -> None:
    """Apply what an event says about its person, as far as it is trusted; a late event's context only fills gaps."""
    traits, facts = note.traits, note.facts
    if not trust.reach:
        traits = described(traits) if traits else None
        facts = describing(facts) if facts is not None else None
    changed = False
    if traits:
        changed = _apply_traits(working_set, profile, traits, event, trust)
    if facts is not None:
        changed |= _apply_facts(working_set, profile, facts, event, late, trust)
    if note.edit is not None:
        changed |= _apply_edit(working_set, profile, note.edit, event)
    if changed:
        profile.version += 1
        working_set.change(profile)
        working_set.traits_changed.add(profile.id)


def apply_doubted(working_set: WorkingSet, profile: Profile, note: ProfileUpdate, event: ProfileEvent, late: bool) -> None:
    """Apply what an unproven browser says, as far as it is trusted; hold the rest back until someone vouches for the device."""
    trust = trust_in(event.flags, event.user_id, is_vouched=profile.vouched)
    if trust.anything:
        apply_note(working_set, profile, note, event, late, trust)
    says_anything = bool(note.traits) or reaches(None, note.facts)
    if event.anonymous_id and (says_anything if not trust.anything else not trust.reach and reaches(note.traits, note.facts)):
        _hold(working_set, profile, note, event)


def _hold(working_set: WorkingSet, profile: Profile, note: ProfileUpdate, event: ProfileEvent) -> None:
    body = event.body if note.traits else b"{}"
    if len(body) + len(event.context) <= LONGEST_HELD:
        traits = loaded_traits(profile) if note.traits else {}
        was = {name: traits[name] for name in note.traits or () if name in traits}
        instants = event.occurred_at, event.received_at
        call = (event.user_id, event.kind, event.message_id, *instants, body, event.context, was)
        working_set.hold(event.anonymous_id, Held(*call, event.name, event.anonymous_id))


def apply_held(working_set: WorkingSet, profile: Profile, device: str, names: Collection[str]) -> None:
    """A trusted call names the person together with a device: apply what was held back of that device."""
    for held in working_set.release(device, names):
        note = note_of_held(held, working_set.app_country)
        if note is not None and not held.reason:
            if note.traits:
                note.traits = still_due(note.traits, held.was, loaded_traits(profile))
            apply_note(working_set, profile, note, held, True, HELD)


def note_of_held(held: Held, app_country: Callable[[], str] = no_country) -> ProfileUpdate | None:
    """A held-back call as an update."""
    return read_note(held, read_context(held.context), app_country)


def merge_profiles(working_set: WorkingSet, loser_id: int, winner_id: int, now: int) -> None:
    """Merge a person into the winner: profile, addresses, consents."""
    people = working_set.identity.people
    winner, loser = people[winner_id], people.pop(loser_id)
    given_up = _addresses_in(loaded_traits(loser))
    absorb(winner, loser)
    working_set.change(winner)
    working_set.described.pop(loser_id, None)
    working_set.described[winner_id] = winner
    working_set.folded[loser_id] = winner_id
    working_set.cold_cache.forget(loser_id)
    working_set.traits_changed.discard(loser_id)
    working_set.traits_changed.add(winner_id)
    working_set.join_consents(loser_id, winner_id)
    working_set.pushed.add(winner_id)
    kept = _addresses_in(loaded_traits(winner))
    for channel, address in given_up.items():
        if address != kept[channel]:
            release(working_set, winner_id, channel, address, now, by_merge=True)


def _addresses_in(traits: dict[str, Any]) -> dict[str, str | None]:
    """Channel → the address that a trait holds."""
    return {channel: read(traits.get(trait), None) for channel, trait, read in ADDRESS_SOURCES}


def _apply_traits(working_set: WorkingSet, profile: Profile, given: dict[str, Any], event: UpdateSource, trust: Trust) -> bool:
    traits = {name: value for name, value in given.items() if name != "consent" and name not in BESIDE_TRAITS}
    told = [each for each in ADDRESS_SOURCES if each.trait in traits]
    before = _addresses_in(loaded_traits(profile)) if told else {}
    changed = apply_traits(profile, traits)
    for channel, trait, read in told:
        address = read(traits[trait], None)
        if before[channel] != address:
            release(working_set, profile.id, channel, before[channel], event.received_at)
        if address and (trust.confirms or channel == EMAIL):  # of others nobody could be asked whether they are theirs
            _claim(working_set, profile, PushAddress(channel, address, "{}", "{}"), event, trust)
    _consent_of_traits(working_set, profile, given, event)
    return _place_of_traits(working_set, profile, traits) or changed


def _consent_of_traits(working_set: WorkingSet, profile: Profile, given: dict[str, Any], event: UpdateSource) -> None:
    marketing = read_answer(given.get("marketing_consent"))
    if marketing is not None:
        for channel in CHANNELS:
            if not marketing or channel not in NEEDS_NAMED_CONSENT:
                _report_consent(working_set, profile, event, (channel, GENERAL, marketing), event.kind)
    for reported in read_consents(given.get("consent")):
        _report_consent(working_set, profile, event, reported, event.kind)


def _report_consent(
    working_set: WorkingSet, profile: Profile, event: UpdateSource, reported: tuple[str, str, bool], source: str
) -> None:
    """Record a consent reported in traits or a context (``consent``); it cannot lift an explicit no."""
    channel, topic, granted = reported
    source = _IMPORT if event.flags & _IMPORTED else source
    working_set.report_consent(
        ConsentRecord(
            consent_id(event, profile.id, channel, topic, source),
            profile.id,
            channel,
            topic,
            granted,
            explicit=False,
            source=source,
            occurred_at=event.occurred_at,
            recorded_at=event.received_at,
            proof=to_canonical_json({"event": event.message_id}),
        )
    )


def consent_id(event: UpdateSource, person: int, channel: str, topic: str, source: str) -> str:
    """One event makes one statement about a channel and topic, however often it is settled."""
    return stable_id("consent", event.kind, event.key, person, channel, topic, source)


def _place_of_traits(working_set: WorkingSet, profile: Profile, traits: dict[str, Any]) -> bool:
    """Country, zone, language, region and city from traits (``country`` or ``address.country``, as in the Segment spec)."""
    found = traits.get("address")
    address = found if isinstance(found, dict) else {}
    country = read_country(traits.get("country") or address.get("country"))
    language, region = read_locale(traits.get("language") or traits.get("locale"))
    timezone = read_zone(traits.get("timezone"))
    place = written({"region": text_of(address.get("state")), "city": text_of(address.get("city"))})
    described = bool(place) and _describe(working_set, profile, place, late=False)
    kept = profile.origins
    changed = working_set.put_places(
        profile,
        (country, TRAIT) if country else (profile.country, kept[0]) if profile.country else (region, LOCALE),
        (timezone, TRAIT) if timezone else (profile.timezone, kept[1]),
        language_said(profile, language, TRAIT),
    )
    return changed or described


def _describe(working_set: WorkingSet, profile: Profile, given: str, *, late: bool) -> bool:
    """Device, app, place and acquisition; returns whether anything changed."""
    known = joined(profile.about, given, late=late)
    if known == profile.about:
        return False
    profile.about = known
    working_set.described[profile.id] = profile
    return True


def _apply_facts(
    working_set: WorkingSet, profile: Profile, facts: ContextFacts, event: UpdateSource, late: bool, trust: Trust
) -> bool:
    for reported in facts.consents:
        _report_consent(working_set, profile, event, reported, "context")
    push = facts.push
    if push is not None and not (late and working_set.find_address(push[:2])):
        _claim_device(working_set, profile, push, event, trust)
    changed = bool(facts.about) and _describe(working_set, profile, facts.about, late=late)
    if facts.country is None and facts.region is None and facts.timezone is None and facts.language is None:
        return changed
    return _place_of_context(working_set, profile, facts, late) or changed


def _place_of_context(working_set: WorkingSet, profile: Profile, facts: ContextFacts, late: bool) -> bool:
    """The event's own statement overrides what was known, which overrides the locale's hint; a late event fills gaps."""
    kept = profile.origins
    country = profile.country, kept[0]
    if facts.country and not (late and profile.country):
        country = facts.country, EVENT
    elif not profile.country:
        country = facts.region, LOCALE
    timezone = (facts.timezone, EVENT) if facts.timezone and not (late and profile.timezone) else (profile.timezone, kept[1])
    language = language_said(profile, None if late and profile.language else facts.language, LOCALE)
    return working_set.put_places(profile, country, timezone, language)


def _claim_device(working_set: WorkingSet, profile: Profile, given: PushAddress, event: UpdateSource, trust: Trust) -> None:
    """What happened on a device before its address ended or became another person's, and comes after, does not bring it back."""
    row = working_set.addresses.get((given.channel, given.address))
    is_theirs = row is not None and row.state != SubscriptionState.GONE and working_set.owner(row) == profile.id
    if row is None or is_theirs or event.occurred_at >= row.updated_at:
        _claim(working_set, profile, given, event, trust)


def _claim(working_set: WorkingSet, profile: Profile, given: PushAddress, event: UpdateSource, trust: Trust) -> None:
    """An address belongs to the last person in log order that names it. A person's own "no" and a bounce persist.

    Unproven calls take no address from anybody, and an e-mail address without an owner must be confirmed.
    """
    key, now = (given.channel, given.address), event.received_at
    row = working_set.addresses.get(key)
    fresh = SubscriptionState.SUBSCRIBED if trust.confirms or given.channel != EMAIL else SubscriptionState.UNCONFIRMED
    if row is not None and not _may_take(working_set, row, profile.id, trust):
        return
    if row is None:
        row = working_set.addresses[key] = new_address(profile.id, given.channel, given.address, now)
        row.secret, row.device, row.state = given.secret, given.device, str(fresh)
        row.suppressed = working_set.suppressed.get(key, "")
        if row.suppressed:
            working_set.revealing.add(key)
        working_set.dirty_addresses.append(row)
        _take_over_refusals(working_set, row, now)
    else:
        given = given.after(row.secret)
        state = fresh if row.state in (SubscriptionState.GONE, SubscriptionState.UNCONFIRMED) else row.state
        owner = working_set.owner(row)
        if (owner, row.secret, row.device, row.state) == (profile.id, given.secret, given.device, state):
            if row.reason == TOO_MANY_CONFIRMATIONS:
                working_set.unconfirmed[given.address] = event
            if given.channel != EMAIL and now - row.updated_at >= HEARD_EVERY:
                working_set.change_address(row, now)
            return
        row.person_id, row.secret, row.device, row.state = profile.id, given.secret, given.device, str(state)
        row.reason = "" if state == SubscriptionState.SUBSCRIBED or row.reason == MERGED else row.reason
        working_set.change_address(row, now)
        _take_over_refusals(working_set, row, now)
        if owner == profile.id:
            working_set.moved.add(profile.id)  # a device may keep a zone of its own
            _count_devices(working_set, profile, given)
            if state == SubscriptionState.UNCONFIRMED:
                working_set.unconfirmed[given.address] = event
            return
        working_set.traits_changed.add(owner)  # who may have no address left
    if row.state == SubscriptionState.UNCONFIRMED:
        working_set.unconfirmed[given.address] = event
    _count_devices(working_set, profile, given)
    working_set.held.setdefault(profile.id, set()).add(key)
    working_set.reached.add(profile.id)
    if given.channel == EMAIL:
        working_set.identity.claims[str(AliasKind.EMAIL), given.address] = profile.id


def _count_devices(working_set: WorkingSet, profile: Profile, given: PushAddress) -> None:
    if given.channel not in OF_ONE_READER:
        working_set.pushed.add(profile.id)


def _take_over_refusals(working_set: WorkingSet, row: CachedAddress, now: int) -> None:
    """Such an address has one reader: whatever was refused there, whoever had it then, its current holder refuses."""
    owner, key = working_set.owner(row), (row.channel, row.address)
    if (
        key in working_set.said_of
        and owner in working_set.standings
        and row.state not in (SubscriptionState.GONE, SubscriptionState.UNCONFIRMED)
    ):
        working_set.take_over_refusals(owner, key, now)


def _may_take(working_set: WorkingSet, row: CachedAddress, person: int, trust: Trust) -> bool:
    """Whether a known address may be reassigned to the person. One that ended or was never confirmed has no owner."""
    owner = working_set.owner(row)
    if trust.moves or owner == person or row.state in (SubscriptionState.GONE, SubscriptionState.UNCONFIRMED):
        return True
    holder = working_set.identity.people.get(owner)
    return trust is AS_SAID and holder is not None and not holder.vouched


def _apply_edit(working_set: WorkingSet, profile: Profile, edit: dict[str, Any], event: UpdateSource) -> bool:
    """Consents, states of addresses, and lists; returns whether the profile changed."""
    for change in changes(edit, "consent"):
        for channel in channels_of(change):
            _answer_consent(working_set, profile, change, channel, event)
    for change in changes(edit, "subscription"):
        _edit_subscription(working_set, profile, change, event.received_at)
    changed = False
    for change in lists_of(edit):
        changed |= put_on_list(profile, change["id"], change["inside"])
    return decide(profile, edit, event.occurred_at) or changed


def _answer_consent(working_set: WorkingSet, profile: Profile, change: dict[str, Any], channel: str, event: UpdateSource) -> None:
    """An explicit statement by the person or on their behalf; ``"explicit": false`` makes it as weak as a trait.

    ``at`` is when it was made, if earlier; ``address`` an address it concerns, whoever has it now.
    """
    grant = grant_of(change, event)
    if grant is None:
        return
    (at, denied, source), topic = grant, change.get("topic", GENERAL)
    granted, wording, proof = not denied, change.get("wording"), change.get("proof")
    explicit = change.get("explicit") is not False
    address = next((address for _, address in keys_of({**change, "channel": channel})), "")
    record = ConsentRecord(
        consent_id(event, profile.id, channel, topic, source),
        profile.id,
        channel,
        topic,
        granted,
        explicit=explicit,
        source=source,
        occurred_at=at,
        recorded_at=event.received_at,
        address_key=working_set.pseudonyms.address(working_set.app_id, channel, address) if address else "",
        wording=wording if isinstance(wording, str) and "\x00" not in wording else "",
        proof=to_canonical_json(proof) if isinstance(proof, dict) else "{}",
    )
    if explicit:
        working_set.answer_consent(record, address)
        row = working_set.addresses.get((channel, address))
        if row is not None:
            _take_over_refusals(working_set, row, event.received_at)
    else:
        working_set.report_consent(record)


def _edit_subscription(working_set: WorkingSet, profile: Profile, change: dict[str, Any], now: int) -> None:
    """Set the state of the person's own subscription, named by id or by address.

    ``was`` is the state it must be in, if given. That an address ended or bounced holds whoever has it now: such commands name
    the address, not an id.
    """
    state = change.get("state")
    if not isinstance(state, str) or state not in _STATES:
        return
    keys: list[tuple[str, str] | None] = [working_set.named.get(change["id"])] if is_id(change.get("id")) else [*keys_of(change)]
    for key in keys:
        row = working_set.addresses.get(key) if key else None
        if row is None or change.get("was", row.shown) != row.shown:
            continue
        if working_set.owner(row) == profile.id or ("address" in change and state in _ENDED):
            put_into_state(working_set, row, state, change, now)
