"""Identity resolution: which person an event belongs to, given the aliases and people in memory. Pure.

1. An anonymous id belongs to the first person known by a user id that claims it, in log order; an event that carries both
ids claims.
2. ``identify`` never merges two known people: on a shared device the later one gets only the events that carry their user id.
3. Only ``alias`` and a merge join two known people.
4. A browser without proof joins no ids; if the app trusts it anyway, none of people who are vouched for. One that proved its
user id only joins anonymous ids to it.
5. A deleted person's ids are remembered as tombstones: what happened before the deletion is refused, what happens later
starts a new person.
"""

from __future__ import annotations

from relance.core.partitions import id_after, of_person
from relance.users.model import AliasKind, Merge, ProfileEvent, Refusal, Resolution
from relance.users.profile import Profile, new_profile
from relance.users.voice import SIGNED, TRUSTED, UNSIGNED, vouches

USER, ANONYMOUS = str(AliasKind.USER_ID), str(AliasKind.ANONYMOUS_ID)


class IdentityResolver:
    """The people of one app that a tick needs, and what it decided about them since the last flush.

    Before calling ``place``, load every alias and person the event can touch: an id that is missing here is new.
    """

    def __init__(self, app_id: int) -> None:
        self.app_id = app_id
        self.users: dict[str, int] = {}
        self.anonymous: dict[str, int] = {}
        self.people: dict[int, Profile] = {}
        self.forward: dict[int, int] = {}  # merged person → the one it was merged into
        self.tombstones: dict[tuple[str, str], int] = {}  # (kind, value) → deleted at
        self.partitions = 1
        self.next_id = 1  # the id of the next new person in the current partition
        self.others: dict[int, int] = {}  # the same for the other partitions
        self.claims: dict[tuple[str, str], int] = {}  # aliases to write
        self.renamed: list[Profile] = []  # profiles to write: new ones, and those with a changed external id
        self.merges: list[tuple[int, int, str, str, int]] = []  # (from, into, cause, message id, received at) to write

    def root(self, person: int) -> int:
        """The person that ``person`` belongs to now."""
        forward = self.forward
        while person in forward:
            person = forward[person]
        return person

    def place(self, event: ProfileEvent, index: int, out: Resolution) -> int:
        """The person of an event with a user id, an anonymous id or both; 0 if it is refused."""
        user, anonymous = event.user_id, event.anonymous_id
        if not self.tombstones:
            # The common case: every id is known, and all name the same person.
            owner = self.anonymous.get(anonymous) if anonymous else None
            person = self.users.get(user) if user else owner
            if person is not None and (person == owner or not anonymous) and person not in self.forward:
                return person
        return self._place(user, anonymous, event, index, out)

    def _place(self, user: str, anonymous: str, event: ProfileEvent, index: int, out: Resolution) -> int:
        if self.tombstones:
            if self._is_dead(USER, user, event) or (not user and self._is_dead(ANONYMOUS, anonymous, event)):
                return refuse(Refusal.DELETED_PERSON, index, out)
            if self._is_dead(ANONYMOUS, anonymous, event):
                anonymous = ""
        if user and anonymous and event.flags & UNSIGNED and not self._may_join(user, anonymous, event.flags):
            anonymous = ""
        if not user:
            if not anonymous:
                return refuse(Refusal.NO_ID, index, out)
            owner = self.root(self.anonymous.get(anonymous, 0))
            return owner or self._start(event, out, "", anonymous)
        person = self.root(self.users.get(user, 0))
        if not anonymous:
            return person or self._start(event, out, user, "")
        owner = self.root(self.anonymous.get(anonymous, 0))
        if not owner:
            if not person:
                return self._start(event, out, user, anonymous)
            self._claim(ANONYMOUS, anonymous, person)
            return person
        if owner == person:
            return person
        return self._settle(person, owner, user, event, index, out)

    def _may_join(self, user: str, anonymous: str, flags: int) -> bool:
        """Whether an unsigned call may join an anonymous id to a user id."""
        if not flags & TRUSTED:
            return False
        person, owner = self.root(self.users.get(user, 0)), self.root(self.anonymous.get(anonymous, 0))
        return 0 < owner == person or not any(self.people[each].vouched for each in (person, owner) if each)

    def _settle(self, person: int, owner: int, user: str, event: ProfileEvent, index: int, out: Resolution) -> int:
        """The user id and the anonymous id name different people, or the user id is new."""
        if self.people[owner].external_id is not None:
            return person or self._start(event, out, user, "")  # a shared device: it stays with its first owner
        if not person:
            self._claim(USER, user, owner)
            return owner
        self.merge(owner, person, event, index, out)
        return person

    def alias(self, previous: str, event: ProfileEvent, index: int, out: Resolution) -> int:
        """``previous`` and the event's user id are the same person from now on; the user id's person wins."""
        user = event.user_id
        if not user or not previous or previous == user:
            return self.place(event, index, out)
        if event.flags & (UNSIGNED | SIGNED):  # a token proves one user id: the previous one can only be anonymous
            return self._place(user, previous, event, index, out) and self.place(event, index, out)
        if self.tombstones:
            if self._is_dead(USER, user, event):
                return refuse(Refusal.DELETED_PERSON, index, out)
            if self._is_dead(USER, previous, event) or self._is_dead(ANONYMOUS, previous, event):
                return self.place(event, index, out)
        person = self.root(self.users.get(user, 0))
        earlier = self.root(self.users.get(previous, 0) or self.anonymous.get(previous, 0))
        if not person and earlier:
            self._claim(USER, user, earlier)
        elif not earlier:
            person = person or self._start(event, out, user, "")
            self._claim(USER, previous, person)
            self._claim(ANONYMOUS, previous, person)
        elif earlier != person:
            self.merge(earlier, person, event, index, out)
        return self.place(event, index, out)

    def known(self, person: int, index: int, out: Resolution) -> int:
        """The root of the person an event names by id; 0 and a refusal if there is none."""
        root = self.root(person)
        if root in self.people:
            return root
        following = self.others.get(of_person(person, self.partitions), self.next_id)
        return refuse(Refusal.DELETED_PERSON if 0 < person < following else Refusal.UNKNOWN_PERSON, index, out)

    def merge(self, loser: int, winner: int, event: ProfileEvent, index: int, out: Resolution) -> None:
        """Merge ``loser`` into ``winner`` (both roots). Profiles follow when the events are folded."""
        self.forward[loser] = winner
        kept, gone = self.people[winner], self.people[loser]
        if kept.external_id is None and gone.external_id is not None:
            self._rename(kept, gone.external_id)
        self.merges.append((loser, winner, event.kind, event.message_id, event.received_at))
        out.merges.append(Merge(self.app_id, loser, winner, index))

    def _start(self, event: ProfileEvent, out: Resolution, user: str, anonymous: str) -> int:
        person = self.next_id
        self.next_id = id_after(person, self.partitions)
        profile = self.people[person] = new_profile(person, user or None, event.occurred_at, event.received_at)
        profile.vouched = vouches(event.flags, user)
        self.renamed.append(profile)
        out.created.append((self.app_id, person))
        if user:
            self._claim(USER, user, person)
        if anonymous:
            self._claim(ANONYMOUS, anonymous, person)
        return person

    def _claim(self, kind: str, value: str, person: int) -> None:
        self.claims[kind, value] = person
        if kind == ANONYMOUS:
            self.anonymous[value] = person
            return
        self.users[value] = person
        profile = self.people[person]
        if profile.external_id is None:
            self._rename(profile, value)

    def _rename(self, profile: Profile, external_id: str) -> None:
        profile.external_id = external_id
        profile.version += 1
        self.renamed.append(profile)

    def _is_dead(self, kind: str, value: str, event: ProfileEvent) -> bool:
        deleted_at = self.tombstones.get((kind, value))
        return deleted_at is not None and event.occurred_at <= deleted_at


def refuse(reason: Refusal, index: int, out: Resolution) -> int:
    """Record why an event belongs to nobody. Always 0."""
    out.refused[index] = str(reason)
    return 0
