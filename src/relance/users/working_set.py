"""The working set of one app: a tick's people in memory, and its unwritten changes. Pure.

Caches have two generations. A look-up that finds its entry only in the old one moves it to the new one; now and then the old one
is packed into the cold cache, which is consulted before the store. What was used recently stays, at no cost per look-up, and for
people much more than that. People who are merely active stay in the cold cache, which is always current (``lived`` lists what
must be written of it); people changed otherwise are taken out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from relance.core.ids import stable_id
from relance.users.activity import Activity
from relance.users.cold_cache import ColdCache
from relance.users.consent import NOTHING_SAID, ConsentRecord, ConsentStanding, Grant, joined, said
from relance.users.facts import OF_ONE_READER
from relance.users.identity import IdentityResolver
from relance.users.model import ProfileEvent, SubscriptionState
from relance.users.profile import CHANGED, SEEN, Profile, Said, put_places
from relance.users.pseudonyms import PLAIN, Pseudonyms
from relance.users.suppression.model import AddressKey, NewSuppression, outranks
from relance.users.trust import Held, kept


class CachedAddress:
    """A row of ``subscriptions`` in memory, keyed by channel and address. ``secret`` and ``device`` are JSON texts.

    ``reason`` says what caused its state, if not the person; if it is unconfirmed, why nobody was asked to confirm it.
    ``suppressed`` is why it is on the suppression list, or empty: its state is what it returns to when it is taken off.
    """

    __slots__ = (
        "address",
        "channel",
        "created_at",
        "device",
        "dirty",
        "person_id",
        "reason",
        "secret",
        "state",
        "stored",
        "suppressed",
        "updated_at",
    )

    def __init__(
        self,
        person_id: int,
        channel: str,
        address: str,
        secret: str,
        state: str,
        device: str,
        created_at: int,
        updated_at: int,
        reason: str = "",
        suppressed: str = "",
    ) -> None:
        self.person_id = person_id
        self.channel = channel
        self.address = address
        self.secret = secret
        self.state = state
        self.device = device
        self.created_at = created_at
        self.updated_at = updated_at
        self.reason = reason
        self.suppressed = suppressed
        self.stored = True
        self.dirty = False

    @property
    def shown(self) -> str:
        """The state that others are shown."""
        return SubscriptionState.SUPPRESSED.value if self.suppressed else self.state


def new_address(person_id: int, channel: str, address: str, now: int) -> CachedAddress:
    """A new address, not stored yet."""
    row = CachedAddress(person_id, channel, address, "{}", str(SubscriptionState.SUBSCRIBED), "{}", now, now)
    row.stored = False
    row.dirty = True
    return row


class WorkingSet:
    """One app's part of the working set; ``identity`` resolves events, the rest is what folding needs."""

    def __init__(self, app_id: int, pseudonyms: Pseudonyms = PLAIN) -> None:
        self.app_id = app_id
        self.app_country: Callable[[], str] = str  # the app's own, read when a number without one is met
        self.pseudonyms = pseudonyms
        self.identity = IdentityResolver(app_id)
        self.addresses: dict[tuple[str, str], CachedAddress] = {}
        self.folded: dict[int, int] = {}  # like ``identity.forward``, but as of the current state of folding
        self.old_users: dict[str, int] = {}
        self.old_anonymous: dict[str, int] = {}
        self.old_people: dict[int, Profile] = {}
        self.old_addresses: dict[tuple[str, str], CachedAddress] = {}
        self.cold_cache = ColdCache()
        self.old_forward: dict[int, int] = {}
        self.named: dict[int, tuple[str, str]] = {}  # subscription id → its key, as far as edits name ids
        self.locked = False  # whether this transaction holds the app's counter row
        self.revision = -1  # the counter row's revision at which these caches were last valid; -1 = never
        self.has_tombstones = False  # whether the app has tombstones
        self.touched: list[Profile] = []
        self.lived: list[Activity] = []  # changes in the cold cache, written before the touched profiles
        self.open: list[Profile] = []  # profiles whose traits are in memory, until the next transaction
        self.traits_changed: set[int] = set()  # people whose traits changed since that was last asked
        self.described: dict[int, Profile] = {}  # people whose ``about`` must be written
        self.standings: dict[
            int, dict[tuple[str, str], ConsentStanding]
        ] = {}  # of people who make statements: (channel, topic) → standing
        self.consented: set[tuple[int, str, str]] = set()  # (person, channel, topic) that must be written
        self.records: list[ConsentRecord] = []
        self.address_grants: dict[tuple[str, str, str], Grant] = {}  # (channel, address, topic) → the explicit statement
        self.is_answered = False  # whether there is any explicit statement about an address
        self.said_of: dict[tuple[str, str], dict[str, Grant]] = {}  # (channel, address) → topic → its statement, as stored
        self.suppressed: dict[
            AddressKey, str
        ] = {}  # why addresses are on the suppression list, of those this transaction touches
        self.suppressing: dict[AddressKey, NewSuppression] = {}  # entries to write
        self.unsuppressing: set[AddressKey] = set()  # … after these were removed
        self.revealing: set[AddressKey] = set()  # listed ones that somebody brought anew
        self.moved: set[int] = set()  # people whose country or time zone has changed, or who were merged
        self.reached: set[int] = set()  # people who may receive messages now and could not before
        self.unconfirmed: dict[str, ProfileEvent | Held] = {}  # newly unconfirmed e-mail address → the call that reported it
        self.pushed: set[int] = set()  # people who may exceed the limit of push subscriptions
        self.held: dict[int, set[tuple[str, str]]] = {}  # keys of addresses that people have, or had in this transaction
        self.dirty_addresses: list[CachedAddress] = []
        self.withholding: set[str] = set()  # devices with stored held-back calls
        self.withheld: dict[str, list[Held]] = {}  # … their calls, as far as this transaction loaded them, and its own
        self.dirty_withheld: set[str] = set()

    # Lookups in two generations

    def find_person(self, person: int) -> bool:
        """Whether the person's profile is in memory; moves it to the new generation."""
        people = self.identity.people
        if person in people:
            return True
        profile = self.old_people.pop(person, None)
        if profile is None:
            return False
        people[person] = profile
        return True

    def find_address(self, key: tuple[str, str]) -> bool:
        """Whether the address is in memory; moves it to the new generation."""
        if key in self.addresses:
            return True
        row = self.old_addresses.pop(key, None)
        if row is None:
            return False
        row.person_id = self.owner(row)
        self.addresses[key] = row
        return True

    def close(self) -> None:
        """Start a transaction: drop traits, so that cached profiles are small. Nothing may be unwritten."""
        self.locked = False
        for profile in self.open:
            profile.traits = None
        self.open = []
        self.traits_changed.clear()
        self.standings, self.held, self.said_of = {}, {}, {}  # reloaded for the next statement
        self.suppressed = {}
        self.withheld.clear()

    def rotate(self) -> None:
        """Pack the old generation into the cold cache, and make the current one old. Nothing may be unwritten."""
        identity = self.identity
        self.cold_cache.lay(self.old_people.values(), self.old_users, self.old_anonymous)
        self.old_users, identity.users = identity.users, {}
        self.old_anonymous, identity.anonymous = identity.anonymous, {}
        self.old_people, identity.people = identity.people, {}
        self.old_addresses, self.addresses = self.addresses, {}
        # A merged id is remembered while an alias of these generations may still point to it; the store resolves those of the
        # cold cache.
        recent = {person: into for person, into in identity.forward.items() if person not in self.old_forward}
        self.old_forward = recent
        identity.forward = dict(recent)
        self.folded = dict(recent)

    def forget(self, person: int, aliases: list[tuple[str, str]], deleted_at: int) -> None:
        """A person was deleted: only its tombstones stay in memory."""
        identity = self.identity
        identity.people.pop(person, None)
        self.has_tombstones = True
        caches = {
            "user_id": (identity.users, self.old_users),
            "anonymous_id": (identity.anonymous, self.old_anonymous),
        }
        for kind, value in aliases:
            identity.tombstones[kind, value] = max(deleted_at, identity.tombstones.get((kind, value), deleted_at))
            for cache in caches.get(kind, ()):
                cache.pop(value, None)
        self.withholding.difference_update(value for kind, value in aliases if kind == "anonymous_id")
        self.withheld.clear()
        ids = {kind: [value for each, value in aliases if each == kind] for kind in caches}
        self.cold_cache.forget(person, ids["user_id"], ids["anonymous_id"])
        for addresses in (self.addresses, self.old_addresses):
            for key in [key for key, row in addresses.items() if self.owner(row) == person]:
                del addresses[key]

    def size(self) -> int:
        """The approximate number of people in the current generation."""
        identity = self.identity
        return max(len(identity.users), len(identity.anonymous), len(identity.people), len(self.addresses))

    # What has changed

    def owner(self, row: CachedAddress) -> int:
        """The person an address belongs to, as of the current state of folding."""
        person = row.person_id
        while person in self.folded:
            person = self.folded[person]
        return person

    def change(self, profile: Profile) -> None:
        """The profile's own row must be written."""
        if not profile.dirty:
            self.touched.append(profile)
        profile.dirty = CHANGED

    def seen(self, profile: Profile) -> None:
        """The profile's instants must be written."""
        if not profile.dirty:
            self.touched.append(profile)
            profile.dirty = SEEN

    def change_address(self, row: CachedAddress, now: int) -> None:
        """The address must be written."""
        if not row.dirty:
            row.dirty = True
            self.dirty_addresses.append(row)
        row.updated_at = now

    def suppress(self, row: CachedAddress, new: NewSuppression, now: int) -> None:
        """Put the address on the suppression list; if it is there, a complaint alone changes why."""
        key = row.channel, row.address
        before = self.suppressed.get(key, "")
        if not before or outranks(new.reason, before):
            self.suppressed[key] = new.reason
            self.suppressing[key] = new
        if row.suppressed != self.suppressed[key]:
            row.suppressed = self.suppressed[key]
            self.change_address(row, now)

    def unsuppress(self, row: CachedAddress, now: int) -> None:
        """Take the address off the suppression list."""
        key = row.channel, row.address
        self.suppressed[key] = ""
        self.suppressing.pop(key, None)
        self.unsuppressing.add(key)
        row.suppressed = ""
        self.change_address(row, now)

    def report_consent(self, record: ConsentRecord) -> None:
        """Record a reported statement: its instant always, a record only if it differs from the previous report."""
        before, after = self._say(record)
        if before.reported is None or (after.reported is not None and before.reported[1] != after.reported[1]):
            self.records.append(record)

    def answer_consent(self, record: ConsentRecord, address: str = "") -> None:
        """Record an explicit statement: for the person, for all their addresses on the channel, and for the address it names."""
        self._say(record)
        self.records.append(record)
        held = {key[1] for key in self.held.get(record.person_id, ()) if key[0] == record.channel and self._has(record, key)}
        for each in held.union((address,) if address else ()):
            self.grant_address(record.channel, each, record.topic, (record.occurred_at, not record.granted, record.source))

    def grant_address(self, channel: str, address: str, topic: str, grant: Grant) -> None:
        """Record an explicit statement about an address, unless a newer one is recorded."""
        key = channel, address, topic
        self.address_grants[key] = max(grant, self.address_grants.get(key, grant))
        if channel in OF_ONE_READER:
            self.know_grant((channel, address), topic, grant)

    def know_grant(self, key: tuple[str, str], topic: str, grant: Grant) -> None:
        """Cache the explicit statement about an e-mail address until the next transaction."""
        self.is_answered = True
        topics = self.said_of.setdefault(key, {})
        topics[topic] = max(grant, topics.get(topic, grant))

    def take_over_refusals(self, person: int, key: tuple[str, str], now: int) -> None:
        """Whatever was explicitly refused at an e-mail address is refused by its owner, at their other addresses as well."""
        for topic, grant in sorted(self.said_of.get(key, {}).items()):
            before = self.standings[person].get((key[0], topic), NOTHING_SAID)
            if grant[1] and said(before, grant, explicit=True) != before:
                at, _, source = grant
                name = self.pseudonyms.address(self.app_id, *key)
                about = person, key[0], topic, False
                record_id = stable_id("consent", "address", person, topic, at, source)
                record = ConsentRecord(record_id, *about, True, source, at, now, name, proof='{"by":"address"}')
                self._say(record)
                self.records.append(record)

    def join_consents(self, loser: int, winner: int) -> None:
        """The loser's statements become the winner's."""
        standings = self.standings.setdefault(winner, {})
        for key, standing in self.standings.pop(loser, {}).items():
            standings[key] = joined(standings.get(key, NOTHING_SAID), standing)
            self.consented.add((winner, *key))
        self.consented = {each for each in self.consented if each[0] != loser}
        self.held.setdefault(winner, set()).update(self.held.pop(loser, ()))
        self.reached.add(winner)
        self.moved.add(winner)

    def put_places(self, profile: Profile, country: Said, timezone: Said, language: Said) -> bool:
        """Returns whether anything changed. What waits for quiet hours where somebody was is decided anew where they are."""
        before = profile.country, profile.timezone
        changed = put_places(profile, country, timezone, language)
        if (profile.country, profile.timezone) != before:
            self.moved.add(profile.id)
        return changed

    def _say(self, record: ConsentRecord) -> tuple[ConsentStanding, ConsentStanding]:
        """The standing before and after it."""
        standings, key = self.standings[record.person_id], (record.channel, record.topic)
        before = standings.get(key, NOTHING_SAID)
        grant = record.occurred_at, not record.granted, record.source
        after = standings[key] = said(before, grant, explicit=record.explicit)
        if after != before:
            self.consented.add((record.person_id, *key))
            if record.granted:
                self.reached.add(record.person_id)
        return before, after

    def _has(self, record: ConsentRecord, key: tuple[str, str]) -> bool:
        row = self.addresses.get(key)
        return row is not None and self.owner(row) == record.person_id

    def hold(self, device: str, held: Held) -> None:
        """Hold a device's call back until someone vouches for it."""
        self.withheld[device] = kept([*self.withheld.get(device, ()), held])
        self.dirty_withheld.add(device)

    def unhold(self, device: str, *, reason: str) -> None:
        """The reason for which a device's call was held back is gone. The calls were loaded in this transaction."""
        found = self.withheld.get(device, [])
        left = [held for held in found if held.reason != reason]
        if len(left) < len(found):
            self.withheld[device] = left
            self.dirty_withheld.add(device)

    def release(self, device: str, names: Collection[str]) -> list[Held]:
        """Remove and return the device's calls about these user ids; "" stands for calls that named nobody."""
        due = [held for held in self.withheld[device] if held.user in names]
        if due:
            self.withheld[device] = [held for held in self.withheld[device] if held.user not in names]
            self.dirty_withheld.add(device)
        return due
