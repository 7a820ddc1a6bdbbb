"""The tick's part about people: whose are the events, and what do they change about them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection

from relance.accounts.service import country_of_app, note_in
from relance.users import held, store
from relance.users.asking import note_asked
from relance.users.consent_store import has_address_grants
from relance.users.deletion_requests.service import is_wanted
from relance.users.edits import keep_answers
from relance.users.facts import ContextFacts, read_context
from relance.users.folding import ProfileUpdate, UpdateSource, apply_doubted, apply_note, merge_profiles, read_note
from relance.users.loading import (
    COMMANDS,
    AliasLookup,
    Join,
    Merges,
    ask_cold_caches,
    bring,
    command_body,
    load_people,
    load_traits,
    needs_of,
    person_in,
    previous_id,
    recall,
)
from relance.users.model import Deletion, PersonSession, ProfileEvent, Refusal, Resolution
from relance.users.profile import Profile, known_of, loaded_traits
from relance.users.pseudonyms import pseudonyms_of
from relance.users.rule_facts import MOVING, TABLED, facts_for_rules, tabled
from relance.users.sessions import SILENCE, go_on, observe
from relance.users.surplus import end_surplus
from relance.users.vector_activity import ACTIVITY, BACKGROUND, SESSION, live_in_cold_cache
from relance.users.voice import UNSIGNED, vouches
from relance.users.vouching import apply_merged, apply_named, fetch_held
from relance.users.working_set import WorkingSet

_SPEAKING = frozenset(("identify", "edit"))
_CONTEXTS = 8192  # contexts whose facts are remembered


class People:
    """Identity and profiles within a tick's transaction: one for all partitions of a process, which take turns.

    ``begin``, then ``resolve`` and ``fold`` once for each piece of the tick's events in log order, then ``flush``; after a
    failed commit ``drop``. A ``delete`` record is a piece of its own. All that is written is a function of the log: the
    cut into pieces and ticks makes no difference. ``cache`` bounds how many people are kept between ticks: those met last as
    they are worked on, in two generations of a sixteenth (0.75 KB each), and the others packed (0.22 KB).

    The first statement about an app in a transaction locks its counter row, so that two of these, on two connections,
    take turns; whoever comes second sees by the row's revision that its caches are out of date.
    """

    def __init__(self, partitions: int = 1, *, cache: int = 1_000_000) -> None:
        self._partitions = partitions
        self._partition = 0
        self._cache = cache
        self._working_sets: dict[int, WorkingSet] = {}
        self._contexts: dict[bytes, ContextFacts | None] = {}
        self._connection: Connection | None = None
        self._asked: Mapping[int, frozenset[str]] = {}
        self._resolved: tuple[Sequence[ProfileEvent], list[int], Resolution] | None = None

    def begin(
        self,
        connection: Connection,
        now: int,  # noqa: ARG002 - the tick's clock decides nothing here
        partition: int = 0,
        asked: Mapping[int, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        """Start a transaction's work for a partition, in which whoever is new will live.

        ``asked`` are the facts, by app, that rules use besides those always included.
        """
        self._connection = connection
        self._partition = partition
        self._asked = asked
        self._resolved = None
        for working_set in self._working_sets.values():
            working_set.close()
        if sum(working_set.size() for working_set in self._working_sets.values()) > self._cache // 16:
            self._rotate()

    def _rotate(self) -> None:
        working_sets = self._working_sets.values()
        for working_set in working_sets:
            working_set.rotate()
        while sum(len(working_set.cold_cache) for working_set in working_sets) > self._cache:
            max((working_set.cold_cache for working_set in working_sets), key=len).shorten()

    def drop(self) -> None:
        """Forget everything that was in memory; the next tick reads what is committed."""
        self._working_sets.clear()
        self._resolved = None
        self._connection = None

    def flush(self) -> None:
        """Write everything that changed since ``begin``. The caller commits."""
        connection = self._open_connection()
        for working_set in self._working_sets.values():
            self._note_changed_facts(working_set)
            store.write_working_set(connection, working_set, self._partition)
            held.write(connection, working_set)  # whoever said it was seen: the book's revision has grown
            end_surplus(connection, working_set)

    def resolve(self, events: Sequence[ProfileEvent]) -> Resolution:
        """Find or create the person of each event, and join people as the events demand."""
        out = Resolution()
        working_sets = {app_id: self._open_book(app_id) for app_id in {event.app_id for event in events}}
        has_commands = not COMMANDS.isdisjoint({event.kind for event in events})
        # With a command among the events nothing is answered without deciding: it may change whose any other one is.
        then = [0] * len(events) if has_commands else recall(events, working_sets)
        unsure = [index for index, person in enumerate(then) if not person]
        asked = unsure if has_commands else ask_cold_caches(events, working_sets, then, unsure)
        if asked:
            named = [events[index] for index in asked]
            self._fetch(named)
            if not has_commands:
                for index, person in zip(asked, recall(named, working_sets), strict=True):
                    then[index] = person
            cached = [index for index in unsure if then[index]] if len(asked) < len(unsure) else []
            self._decide(events, then, [index for index in asked if not then[index]], out, cached)
        for index, reason in out.refused.items():
            if reason == Refusal.DELETED_PERSON and events[index].kind == "edit":
                keep_answers(working_sets[events[index].app_id], events[index])
        out.persons = then
        if out.merges:
            out.persons = [working_sets[e.app_id].identity.root(p) for e, p in zip(events, then, strict=True)]
        self._resolved = (events, then, out)
        return out

    def _decide(
        self, events: Sequence[ProfileEvent], then: list[int], unsure: list[int], out: Resolution, cached: list[int]
    ) -> None:
        """Fill ``then`` where a look-up did not do. After a merge the look-ups of all later events are done again, for which
        those are brought into memory of whom it was enough to know that they are in the cold cache."""
        for index in unsure:
            then[index] = self._place(events[index], index, out, alone=len(events) == 1)
            if out.merges:
                break
        else:
            return
        self._fetch([events[later] for later in cached])
        for later in range(index + 1, len(events)):
            then[later] = self._place(events[later], later, out, alone=False)

    def _place(self, event: ProfileEvent, index: int, out: Resolution, *, alone: bool) -> int:
        working_set = self._working_sets[event.app_id]
        if event.kind in COMMANDS:
            return self._command(working_set, event, index, out, alone=alone)
        if event.person_id:
            return working_set.identity.known(event.person_id, index, out)
        return working_set.identity.place(event, index, out)

    def fold(self, events: Sequence[ProfileEvent], persons: Sequence[int], late: Sequence[bool]) -> list[PersonSession]:
        """Update profiles, subscriptions, consents and sessions; returns the sessions that started.

        ``events`` are those of the last ``resolve`` that are somebody's, or some of them, in order; a merge takes place
        even if its event is left out. ``late[i]``: the event updates state but starts no session.
        """
        then, merges = self._align(events, persons)
        notes = self._read_notes(events)
        due = fetch_held(self._open_connection(), self._working_sets, events, then, notes, merges)
        active = [index for index, event in enumerate(events) if event.kind in ACTIVITY or notes[index] is not None]
        sessions: dict[int, PersonSession] = {}
        if not merges:
            active = self._live(events, then, notes, late, active, sessions, due.keys())
        for app_id in {event.app_id for event in events}:
            mine = [then[index] for index in active if events[index].app_id == app_id]
            bring(self._open_connection(), self._working_sets[app_id], mine)
        for app_id, need in needs_of(events, then, notes, merges, due).items():
            need.load(self._open_connection(), self._working_sets[app_id])
        begun = 0
        for stop in sorted({*merges, len(events)}):
            end = bisect_left(active, stop)
            self._fold([(index, events[index], then[index], notes[index], late[index]) for index in active[begun:end]], sessions)
            self._join(merges.get(stop, ()))
            begun = end
        return [sessions[index] for index in sorted(sessions)]

    def _live(
        self,
        events: Sequence[ProfileEvent],
        then: list[int],
        notes: list[ProfileUpdate | None],
        late: Sequence[bool],
        active: list[int],
        sessions: dict[int, PersonSession],
        due: Collection[tuple[int, int]],
    ) -> list[int]:
        """Fold the ``active`` events that are mere activity of people in the cold cache, as columns; returns the rest."""
        noted = (
            {(event.app_id, person) for event, person, note in zip(events, then, notes, strict=True) if note}
            if any(notes)
            else set()
        )
        noted.update(due)
        for working_set in [self._working_sets[app_id] for app_id in {event.app_id for event in events}]:
            if not len(working_set.cold_cache) or not self._asked.get(working_set.app_id, frozenset()).isdisjoint(MOVING):
                continue
            people, app_id = working_set.identity.people, working_set.app_id
            mere = [i for i in active if then[i] not in people and events[i].app_id == app_id]
            if noted:
                mere = [index for index in mere if (app_id, then[index]) not in noted]
            if not mere:
                continue
            left = live_in_cold_cache(working_set, events, then, late, mere, sessions)
            active = sorted(set(active).difference(mere).union(left)) if len(mere) < len(active) else left
        return active

    def _fold(
        self, entries: Iterable[tuple[int, ProfileEvent, int, ProfileUpdate | None, bool]], sessions: dict[int, PersonSession]
    ) -> None:
        """Fold (index, event, person, note, late) after one another; no merge is among them."""
        app, working_set = 0, None
        for index, event, person, note, is_late in entries:
            kind = event.kind
            if event.app_id != app or working_set is None:
                app = event.app_id
                working_set = self._working_sets[app]
                people, withheld = working_set.identity.people, working_set.withheld
            profile = people[person]
            if kind in ACTIVITY:
                if not profile.dirty:
                    working_set.seen(profile)
                occurred_at, visits = event.occurred_at, not event.flags & BACKGROUND
                if occurred_at < profile.first_seen:
                    profile.first_seen = occurred_at
                elif occurred_at > profile.last_seen and visits:
                    profile.last_seen = occurred_at
                if not profile.vouched and vouches(event.flags, event.user_id):
                    profile.vouched = True
                    working_set.change(profile)
                if visits and not is_late and kind in SESSION:
                    started = _be_in_session(profile, event, note)
                    if started is not None:
                        sessions[index] = started
            if withheld:
                apply_named(working_set, profile, event)
            if note is not None:
                (apply_doubted if event.flags & UNSIGNED else apply_note)(working_set, profile, note, event, is_late)

    def _join(self, joins: Sequence[Join]) -> None:
        for join in joins:
            working_set = self._working_sets[join.app_id]
            merge_profiles(working_set, join.loser, join.winner, join.received_at)
            if join.is_command:
                apply_merged(self._open_connection(), working_set, join.loser, working_set.identity.people[join.winner])

    def changed_traits(self) -> dict[tuple[int, int], dict[str, Any]]:
        """``(app, person)`` → what rules may ask of the people of whom that changed since this was last asked.

        Called after ``flush``: what tables of their own hold is read from them.
        """
        changed: dict[tuple[int, int], dict[str, Any]] = {}
        for working_set in self._working_sets.values():
            self._note_changed_facts(working_set)
            people, asked = working_set.identity.people, self._asked.get(working_set.app_id, frozenset())
            roots = set(map(working_set.identity.root, working_set.traits_changed))
            missing = {person for person in roots if not working_set.find_person(person)}
            persons = sorted(roots - missing | load_people(self._open_connection(), working_set, missing))
            if persons:
                load_traits(self._open_connection(), working_set, persons)
            rows = (
                store.read_rows(self._open_connection(), working_set.app_id, persons, asked) if asked & TABLED and persons else {}
            )
            for person in persons:
                found = tabled(rows[person]) if person in rows else None
                changed[working_set.app_id, person] = facts_for_rules(
                    loaded_traits(people[person]), known_of(people[person]), asked, found
                )
            working_set.traits_changed.clear()
        return changed

    def _note_changed_facts(self, working_set: WorkingSet) -> None:
        """Note people with unwritten changes of facts that are only included if asked for."""
        asked = self._asked.get(working_set.app_id)
        if not asked:
            return
        if not asked.isdisjoint(MOVING):
            working_set.traits_changed.update([profile.id for profile in working_set.touched])
        if not asked.isdisjoint(TABLED):
            working_set.traits_changed.update(working_set.owner(row) for row in working_set.dirty_addresses)
            working_set.traits_changed.update(person for person, *_ in working_set.consented)
            working_set.traits_changed.update(working_set.identity.claims.values())

    def reachable(self) -> dict[int, list[int]]:
        """App → the people who got an address or agreed to something since this was last asked. Called after ``flush``."""
        found = {}
        for working_set in self._working_sets.values():
            if working_set.reached:
                found[working_set.app_id] = sorted(set(map(working_set.identity.root, working_set.reached)))
                working_set.reached = set()
        return found

    def moved(self) -> dict[int, list[int]]:
        """App → the people who are somewhere else, or somebody else, since this was last asked. Called after ``flush``."""
        found = {}
        for working_set in self._working_sets.values():
            if working_set.moved:
                found[working_set.app_id] = sorted(set(map(working_set.identity.root, working_set.moved)))
                working_set.moved = set()
        return found

    def unconfirmed(self) -> dict[int, dict[str, UpdateSource]]:
        """App → the e-mail addresses that became unconfirmed since the last call, with the call that reported each.

        Called after ``flush``.
        """
        found = {
            working_set.app_id: working_set.unconfirmed for working_set in self._working_sets.values() if working_set.unconfirmed
        }
        for app_id in found:
            self._working_sets[app_id].unconfirmed = {}
        return found

    def asked(self, app_id: int, reports: Mapping[str, UpdateSource], refused: Collection[str]) -> None:
        """Confirmation mails were requested for these addresses, except for those ``refused`` by the limit."""
        if note_asked(self._working_sets[app_id], reports, refused):
            self.flush()

    def root(self, app_id: int, person: int) -> int:
        """Who a person is by now; 0 for one who was deleted. To be asked within a transaction."""
        working_set = self._open_book(app_id)
        self._look_up(working_set, [person])
        root = working_set.identity.root(person)
        return root if root in working_set.identity.people else 0

    def living(self, app_id: int, persons: Collection[int]) -> set[int]:
        """Those of the persons who were neither merged into another nor deleted."""
        working_set = self._open_book(app_id)
        self._look_up(working_set, persons)
        identity = working_set.identity
        return {person for person in persons if person in identity.people and person not in identity.forward}

    def mark_changed(self, app_id: int, person: int) -> None:
        """Let ``changed_traits`` include a living person."""
        working_set = self._open_book(app_id)
        self._look_up(working_set, [person])
        working_set.traits_changed.add(person)

    def _look_up(self, working_set: WorkingSet, persons: Collection[int]) -> None:
        want = AliasLookup(working_set)
        want.persons.update(person for person in persons if person not in working_set.identity.people)
        if want.persons:
            want.load(self._open_connection())

    def _command(self, working_set: WorkingSet, event: ProfileEvent, index: int, out: Resolution, *, alone: bool) -> int:
        identity, body = working_set.identity, command_body(event)
        if event.kind == "alias":
            return identity.alias(previous_id(body), event, index, out)
        if event.kind == "merge":
            loser = identity.known(person_in(body, "from"), index, out)
            winner = identity.known(person_in(body, "into"), index, out)
            if not loser or not winner:
                return 0
            if loser != winner:
                identity.merge(loser, winner, event, index, out)
            return winner
        if not alone:
            raise ValueError("a delete record must be resolved on its own")
        person = identity.known(person_in(body, "person") or event.person_id, index, out)
        if person:
            self._delete(working_set, person, event, index, out, str(body.get("request", "")))
        return 0

    def _delete(
        self, working_set: WorkingSet, person: int, event: ProfileEvent, index: int, out: Resolution, request: str
    ) -> None:
        """``request``: the person's own request, by which they are deleted only if the address that confirmed it is theirs."""
        connection = self._open_connection()
        store.write_working_set(connection, working_set, self._partition)
        held.write(connection, working_set)
        if request and not is_wanted(connection, request, person, event.occurred_at):
            return
        aliases = store.delete_person(connection, working_set, person, event.occurred_at, self._partition)
        held.forget(connection, working_set.app_id, aliases)
        out.deleted.append(Deletion(working_set.app_id, person, index, store.ids_of(connection, working_set.app_id, person)))
        working_set.forget(person, aliases, event.occurred_at)
        if request:
            about: dict[str, object] = {"request": request}
            note_in(connection, working_set.app_id, "system", "person.deleted", f"person:{person}", about, event.occurred_at)

    def _fetch(self, events: Sequence[ProfileEvent]) -> None:
        """Bring everything the events can touch into memory."""
        parts: dict[int, Sequence[ProfileEvent]] = dict.fromkeys({event.app_id for event in events}, events)
        if len(parts) > 1:
            parts = {app_id: [event for event in events if event.app_id == app_id] for app_id in parts}
        for app_id, part in parts.items():
            want = AliasLookup(self._working_sets[app_id])
            want.look(part)
            want.load(self._open_connection())

    def _open_book(self, app_id: int) -> WorkingSet:
        """The app's working set, true to the store as of this transaction."""
        working_set = self._working_sets.get(app_id)
        if working_set is not None and working_set.locked:
            return working_set
        connection = self._open_connection()
        next_id, revision = store.lock_counter(connection, app_id)
        if working_set is None or working_set.revision != revision:
            working_set = self._working_sets[app_id] = WorkingSet(app_id, pseudonyms_of(connection))
            working_set.revision = revision
            working_set.app_country = partial(self._app_country, app_id)
            working_set.identity.partitions = self._partitions
            working_set.has_tombstones = store.has_tombstones(connection, app_id)
            working_set.withholding = held.devices_of(connection, app_id)
            working_set.is_answered = has_address_grants(connection, app_id)
        working_set.identity.next_id = next_id
        if self._partitions > 1:
            others = store.next_ids(connection, app_id, self._partitions)
            working_set.identity.next_id = others.pop(self._partition)
            working_set.identity.others = others
        working_set.locked = True
        return working_set

    def _app_country(self, app_id: int) -> str:
        return country_of_app(self._open_connection(), app_id)

    def _open_connection(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("begin was not called")
        return self._connection

    def _align(self, events: Sequence[ProfileEvent], persons: Sequence[int]) -> tuple[list[int], Merges]:
        """The person of each event at its own instant, and the merges by the entry before which they take place.

        Folding each event into the person it had before a later merge, and the merge in its place, is what makes the
        outcome independent of where the log is cut.
        """
        if self._resolved is None:
            raise RuntimeError("fold follows resolve")
        (resolved, then, resolution), self._resolved = self._resolved, None
        merges: Merges = {}
        if len(events) == len(resolved) and not resolution.merges and all(then):
            return then, merges
        causes: dict[int, list[Join]] = {}
        for merge in resolution.merges:
            cause = resolved[merge.index]
            join = Join(merge.app_id, merge.from_id, merge.into_id, cause.received_at, cause.kind == "merge")
            causes.setdefault(merge.index, []).append(join)
        kept: list[int] = []
        for index, event in enumerate(resolved):
            if index in causes:
                merges.setdefault(len(kept), []).extend(causes[index])
            if len(kept) < len(events) and event is events[len(kept)] and then[index]:
                kept.append(then[index])
        if len(kept) != len(events) or len(persons) != len(events):
            raise ValueError("fold takes events of the last resolve that are somebody's, in order")
        return kept, merges

    def _read_notes(self, events: Sequence[ProfileEvent]) -> list[ProfileUpdate | None]:
        facts = self._facts_of({event.context for event in events})
        if not facts and _SPEAKING.isdisjoint({event.kind for event in events}):
            return [None] * len(events)  # as nearly always
        notes: list[ProfileUpdate | None] = []
        for event in events:
            found = facts.get(event.context) if event.kind in ACTIVITY else None
            if found is not None or event.kind in _SPEAKING:
                notes.append(read_note(event, found, self._working_sets[event.app_id].app_country))
            else:
                notes.append(None)
        return notes

    def _facts_of(self, contexts: Iterable[bytes]) -> dict[bytes, ContextFacts]:
        """Context → what it says of a person, of those that say anything."""
        known, found = self._contexts, {}
        for context in contexts:
            if len(context) <= 2:
                continue
            if context not in known:
                if len(known) >= _CONTEXTS:
                    known.clear()
                known[context] = read_context(context)
            facts = known[context]
            if facts is not None:
                found[context] = facts
        return found


def _be_in_session(profile: Profile, event: ProfileEvent, note: ProfileUpdate | None) -> PersonSession | None:
    """Go on with the person's session, or start one, which is returned."""
    occurred_at = event.occurred_at
    key = note.facts.session if note is not None and note.facts is not None else ""
    if key or occurred_at >= profile.active_at + SILENCE:
        return observe(event.app_id, profile, occurred_at, key)
    if occurred_at > profile.active_at:
        go_on(profile, occurred_at)
    return None
