"""A deletion that somebody asks for by the link of a mail: what may happen between the request and the end of its term."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from relance.accounts.service import Accounts
from relance.core.time import DAY, HOUR, MINUTE
from relance.events.model import Kind
from relance.infra.database import writing
from relance.messaging.deletion_mails import MOST_SENT_IN_A_DAY, Asking
from relance.messaging.model import DeliveryState
from relance.messaging.store import DELIVERIES
from relance.users.deletion_requests.model import VALID_FOR, DeletionRequest, DeletionState
from relance.users.deletion_requests.service import DeletionRequests, is_wanted
from relance.users.model import Subscription
from relance.web.preferences.carrying_out import record_of
from tests.service.pipeline.rig import START, Rig
from tests.service.pipeline.test_confirmations import Post

TERM = 7
ADDRESS = "lea@example.org"


class Place:
    """A shop, and Lea in it, whose address is ``ADDRESS``."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.post, self.requests = rig, Post(rig), DeletionRequests(rig.state)
        self.post.settle(rig.identify("lea", 1, email=ADDRESS, first_name="Léa"), rig.track("lea", "Bought", 2))
        self.lea = self.person("lea")

    def person(self, user: str) -> int:
        found = self.rig.people.find(self.rig.app, "user_id", user)
        return 0 if found is None else found.id

    def lives(self, person: int) -> bool:
        return person in self.rig.people.profiles(self.rig.app, [person])

    def address(self) -> Subscription:
        found = self.rig.people.at(self.rig.app, "email", ADDRESS)
        assert found is not None
        return found

    def ask(self) -> Asking:
        return self.rig.deliveries.ask_for_deletion(self.address(), "en", self.rig.clock.now())

    def newest(self, person: int | None = None) -> DeletionRequest:
        return self.requests.of_person(self.rig.app, self.lea if person is None else person)[0]

    def scheduled(self) -> DeletionRequest:
        """A request that was confirmed."""
        assert self.ask() is Asking.MAILED
        found = self.requests.confirm(self.newest().id, TERM, self.rig.clock.now())
        assert found is not None
        assert found.state is DeletionState.SCHEDULED
        return found

    def later(self, span: int) -> None:
        self.rig.clock.advance(self.rig.clock.now() + span)

    def carry_out(self) -> list[DeletionRequest]:
        """What the server's timer does, and the tick after it."""
        now = self.rig.clock.now()
        due = list(self.requests.take_due(now))
        self.rig.write(*(record_of(each, now) for each in due))
        self.rig.settle()
        return due

    def state(self, request: DeletionRequest) -> DeletionState:
        found = self.requests.find(request.id)
        assert found is not None
        return found.state

    def audited(self) -> list[str]:
        return [each.action for each in Accounts(self.rig.state).audit(self.rig.app) if each.action.startswith(("del", "person"))]


@pytest.fixture
def place(rig: Rig) -> Place:
    return Place(rig)


@pytest.mark.both_databases
def test_it_takes_place_when_its_term_is_over_and_not_before(place: Place) -> None:
    request = place.scheduled()
    place.later(TERM * DAY - 1)
    assert place.carry_out() == []
    assert place.lives(place.lea)
    place.later(1)
    assert [each.id for each in place.carry_out()] == [request.id]
    assert not place.lives(place.lea)
    assert place.state(request) is DeletionState.DONE
    assert place.rig.history("Bought") == []
    assert place.audited()[:3] == ["person.deleted", "deletion.confirmed", "deletion.asked"]
    assert place.requests.next_due() is None
    ended = place.requests.find(request.id)
    assert ended is not None
    assert ended.subscription_id == 0


@pytest.mark.both_databases
def test_one_that_nobody_confirms_deletes_nobody(place: Place) -> None:
    place.ask()
    request = place.newest()
    place.later(VALID_FOR - 1)
    assert not request.has_expired(place.rig.clock.now())
    place.later(1)
    late = place.requests.confirm(request.id, TERM, place.rig.clock.now())
    assert late is not None
    assert late.state is DeletionState.ASKED  # it stays what it was, and has expired
    place.later(60 * DAY)
    assert place.carry_out() == []
    assert place.lives(place.lea)


@pytest.mark.both_databases
def test_cancelled_in_its_term_it_deletes_nobody_and_its_link_confirms_nothing_again(place: Place) -> None:
    request = place.scheduled()
    place.later(TERM * DAY - 1)
    place.requests.cancel(request.id, "link", place.rig.clock.now())
    again = place.requests.confirm(request.id, TERM, place.rig.clock.now())
    assert again is not None
    assert (again.state, again.ended_by) == (DeletionState.CANCELLED, "link")
    place.later(60 * DAY)
    assert place.carry_out() == []
    assert place.lives(place.lea)


@pytest.mark.both_databases
def test_once_its_term_is_over_it_cannot_be_cancelled(place: Place) -> None:
    request = place.scheduled()
    place.later(TERM * DAY)
    due = place.requests.take_due(place.rig.clock.now())
    after = place.requests.cancel(request.id, "link", place.rig.clock.now())
    assert after is not None
    assert after.state is DeletionState.UNDER_WAY
    place.rig.write(*(record_of(each, place.rig.clock.now()) for each in due))
    place.rig.settle()
    assert place.state(request) is DeletionState.DONE


def moves_to_another_person(place: Place) -> None:
    place.post.settle(place.rig.identify("noa", 20, email=ADDRESS))
    assert place.address().person_id == place.person("noa")


def is_given_up(place: Place) -> None:
    place.post.settle(place.rig.identify("lea", 20, email="new@example.org"))


@pytest.mark.both_databases
@pytest.mark.parametrize("happens", [moves_to_another_person, is_given_up])
@pytest.mark.parametrize("when", ["before it is confirmed", "in its term", "after it was taken"])
def test_an_address_that_is_no_longer_theirs_deletes_neither(place: Place, happens: Callable[[Place], None], when: str) -> None:
    """Whoever confirmed it read a mailbox that by now is somebody else's, or nobody's."""
    if when == "before it is confirmed":
        place.ask()
        request = place.newest()
        happens(place)
        place.requests.confirm(request.id, TERM, place.rig.clock.now())
    else:
        request = place.scheduled()
        if when == "after it was taken":
            place.later(TERM * DAY)
            place.rig.write(*(record_of(each, place.rig.clock.now()) for each in place.requests.take_due(place.rig.clock.now())))
        happens(place)
    place.later(TERM * DAY)
    place.carry_out()
    if when == "after it was taken":  # its record came before the address moved
        assert not place.lives(place.lea)
        return
    assert place.lives(place.lea)
    assert place.person("noa") == 0 or place.lives(place.person("noa"))
    assert place.state(request) is DeletionState.VOID
    assert place.audited()[0] == "deletion.voided"
    assert place.requests.next_due() is None


@pytest.mark.both_databases
@pytest.mark.parametrize("lea_wins", [True, False])
def test_it_follows_a_merge_and_deletes_the_person_whose_the_address_is_then(place: Place, lea_wins: bool) -> None:
    place.post.settle(place.rig.identify("other", 5), place.rig.identify("bystander", 6, email="by@example.org"))
    request, other = place.scheduled(), place.person("other")
    loser, winner = (other, place.lea) if lea_wins else (place.lea, other)
    place.post.settle(place.rig.event(Kind.MERGE, "", 30, {"from": loser, "into": winner}, person_id=loser))
    assert place.newest(winner).id == request.id
    place.later(TERM * DAY)
    place.carry_out()
    assert not place.lives(winner)
    assert place.lives(place.person("bystander"))
    assert place.state(request) is DeletionState.DONE


def with_addresses_of_their_own(place: Place, *users: str) -> list[int]:
    for number, user in enumerate(users):
        place.post.settle(place.rig.identify(user, 5 + number, email=f"{user}@example.org"))
    return [place.person(user) for user in users]


def merge(place: Place, loser: int, winner: int, at: int = 30) -> None:
    place.post.settle(place.rig.event(Kind.MERGE, "", at, {"from": loser, "into": winner}, person_id=loser))


def confirm(place: Place, request: DeletionRequest) -> DeletionState:
    found = place.requests.confirm(request.id, TERM, place.rig.clock.now())
    assert found is not None
    return found.state


@pytest.mark.both_databases
@pytest.mark.parametrize("when", ["before it is confirmed", "in its term", "after it was taken"])
@pytest.mark.parametrize("merges", [1, 2])
def test_a_merge_into_somebody_with_an_address_of_their_own_takes_nothing_back(place: Place, when: str, merges: int) -> None:
    """The merge sets the address aside; nobody gave it up, and it still names the merged person."""
    others = with_addresses_of_their_own(place, "other", "third")[:merges]
    bystander = with_addresses_of_their_own(place, "bystander")[0]
    assert place.ask() is Asking.MAILED
    request = place.newest()
    if when != "before it is confirmed":
        assert confirm(place, request) is DeletionState.SCHEDULED
    if when == "after it was taken":
        place.later(TERM * DAY)
        place.requests.take_due(place.rig.clock.now())
    loser = place.lea
    for winner in others:
        merge(place, loser, winner)
        loser = winner
    assert (place.address().state, place.address().reason, place.address().person_id) == ("gone", "merged", loser)
    if when == "before it is confirmed":
        assert confirm(place, request) is DeletionState.SCHEDULED
    place.later(TERM * DAY - 1)
    if when != "after it was taken":
        assert place.carry_out() == []
    place.later(1)
    place.carry_out()
    assert not place.lives(loser)
    assert place.lives(bystander)
    assert place.state(request) is DeletionState.DONE


def gives_it_up(place: Place) -> None:
    """The merged person takes it into use again, and gives it up themselves."""
    place.post.settle(place.rig.identify("other", 40, email=ADDRESS))
    assert (place.address().state, place.address().reason) == ("subscribed", "")
    place.post.settle(place.rig.identify("other", 41, email="new@example.org"))
    assert (place.address().state, place.address().reason) == ("gone", "")


def goes_to_another_person(place: Place) -> None:
    place.post.settle(place.rig.identify("noa", 40, email=ADDRESS))


def goes_to_another_person_who_is_merged_away(place: Place) -> None:
    """It is set aside a second time, for a person who asked for nothing."""
    goes_to_another_person(place)
    merge(place, place.person("noa"), with_addresses_of_their_own(place, "bystander")[0], 50)
    assert place.address().reason == "merged"


@pytest.mark.both_databases
@pytest.mark.parametrize("happens", [gives_it_up, goes_to_another_person, goes_to_another_person_who_is_merged_away])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_what_a_merge_set_aside_and_is_somebody_elses_then_deletes_neither(
    place: Place, happens: Callable[[Place], None], is_confirmed: bool
) -> None:
    [other] = with_addresses_of_their_own(place, "other")
    assert place.ask() is Asking.MAILED
    request = place.newest()
    if is_confirmed:
        confirm(place, request)
    merge(place, place.lea, other)
    happens(place)
    if not is_confirmed:
        assert confirm(place, request) is DeletionState.VOID
    place.later(TERM * DAY)
    place.carry_out()
    assert place.state(request) is DeletionState.VOID
    for user in ("other", "noa", "bystander"):
        assert place.person(user) == 0 or place.lives(place.person(user))


def test_the_mail_goes_to_the_address_that_the_page_named_although_a_merge_set_it_aside(place: Place) -> None:
    """What is confirmed is that somebody reads this very address."""
    [other] = with_addresses_of_their_own(place, "other")
    assert place.ask() is Asking.MAILED
    merge(place, place.lea, other)
    assert place.post.send() == [ADDRESS]


@pytest.mark.both_databases
def test_what_was_given_up_before_a_merge_stays_given_up(place: Place) -> None:
    request = place.scheduled()
    is_given_up(place)
    [other] = with_addresses_of_their_own(place, "other")
    merge(place, place.lea, other)
    place.later(TERM * DAY)
    place.carry_out()
    assert place.lives(other)
    assert place.state(request) is DeletionState.VOID


@pytest.mark.both_databases
def test_of_who_was_deleted_meanwhile_it_is_done_and_who_comes_again_is_left_alone(place: Place) -> None:
    request = place.scheduled()
    place.post.settle(place.rig.event(Kind.DELETE, "delete", 30, {"person": place.lea}, person_id=place.lea))
    assert place.state(request) is DeletionState.DONE
    place.later(DAY)
    place.post.settle(place.rig.identify("lea", 2 * DAY, email=ADDRESS))
    again = place.person("lea")
    assert again not in (0, place.lea)
    place.later(TERM * DAY)
    assert place.carry_out() == []
    assert place.lives(again)


@pytest.mark.both_databases
def test_a_crash_between_any_two_steps_neither_loses_nor_repeats_it(place: Place) -> None:
    request, now = place.scheduled(), 0
    place.later(TERM * DAY)
    now = place.rig.clock.now()
    place.requests.take_due(now)  # and the process ends
    assert place.lives(place.lea)
    assert [each.id for each in place.requests.take_due(now + MINUTE)] == [request.id]
    record = record_of(place.newest(), now + MINUTE)
    place.rig.write(record)  # and the process ends before it settles
    place.post.restart()
    place.rig.write(record_of(place.newest(), now + HOUR), record)  # the next one does not know
    place.rig.settle()
    assert not place.lives(place.lea)
    assert place.state(request) is DeletionState.DONE
    assert place.audited().count("person.deleted") == 1


@pytest.mark.both_databases
def test_a_tick_that_fails_after_it_deleted_does_it_again_with_the_same_result(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = place.scheduled()
    place.later(TERM * DAY)
    tick = place.rig.tick

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("relance.pipeline.tick_transaction.TickTransaction.finish", fail)
        with pytest.raises(OSError, match="full"):
            place.carry_out()
    assert place.lives(place.lea)
    assert place.state(request) is DeletionState.UNDER_WAY
    tick.load()
    place.rig.settle()
    assert not place.lives(place.lea)
    assert place.state(request) is DeletionState.DONE


def test_mails_about_it_are_few_whoever_asks(place: Place) -> None:
    assert place.ask() is Asking.MAILED
    first = place.newest()
    assert place.ask() is Asking.MAILED_BEFORE
    place.later(11 * MINUTE)
    assert place.ask() is Asking.MAILED
    assert place.requests.find(first.id) is None  # the link of the newest mail is the one that works
    place.later(11 * MINUTE)
    assert place.ask() is Asking.MAILED
    place.later(11 * MINUTE)
    assert place.ask() is Asking.TOO_OFTEN
    place.later(DAY)
    assert place.ask() is Asking.MAILED
    place.requests.confirm(place.newest().id, TERM, place.rig.clock.now())
    assert place.ask() is Asking.SCHEDULED
    assert len(place.requests.of_person(place.rig.app, place.lea)) == 1


def is_cancelled(place: Place) -> None:
    place.requests.cancel(place.newest().id, "link", place.rig.clock.now())


def ends_as(state: DeliveryState) -> Callable[[Place], None]:
    def end(place: Place) -> None:
        with writing(place.rig.state) as connection:
            mine = DELIVERIES.c.id == place.newest().id
            connection.execute(DELIVERIES.update().where(mine).values(state=state.value))

    return end


def becomes_void(place: Place) -> None:
    is_given_up(place)
    place.requests.confirm(place.newest().id, TERM, place.rig.clock.now())
    place.post.settle(place.rig.identify("lea", 10 * MINUTE, email=ADDRESS))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("happens", "again"),
    [
        (is_cancelled, Asking.MAILED),
        (becomes_void, Asking.MAILED),
        (ends_as(DeliveryState.SKIPPED), Asking.MAILED),
        (ends_as(DeliveryState.FAILED), Asking.MAILED),
        (ends_as(DeliveryState.PENDING), Asking.MAILED_BEFORE),
        (ends_as(DeliveryState.SENDING), Asking.MAILED_BEFORE),
        (ends_as(DeliveryState.SENT), Asking.MAILED_BEFORE),
        (ends_as(DeliveryState.UNKNOWN), Asking.MAILED_BEFORE),
    ],
)
def test_only_a_mail_that_may_still_serve_stands_in_the_way_of_another(
    place: Place, happens: Callable[[Place], None], again: Asking
) -> None:
    assert place.ask() is Asking.MAILED
    happens(place)
    assert place.ask() is again
    if again is Asking.MAILED:
        for _ in range(2):  # nor does it count as one of the three of a day
            place.later(11 * MINUTE)
            assert place.ask() is Asking.MAILED
        place.later(11 * MINUTE)
        assert place.ask() is Asking.TOO_OFTEN


def test_asking_and_cancelling_in_turn_does_not_fill_a_mailbox(place: Place) -> None:
    for _ in range(MOST_SENT_IN_A_DAY):
        assert place.ask() is Asking.MAILED
        ends_as(DeliveryState.SENT)(place)
        is_cancelled(place)
        place.later(1)
    assert place.ask() is Asking.TOO_OFTEN
    place.later(DAY)
    assert place.ask() is Asking.MAILED


def test_the_mail_goes_to_the_address_itself_and_not_when_it_was_cancelled_or_moved(place: Place) -> None:
    place.ask()
    assert place.post.send() == [ADDRESS]
    place.later(11 * MINUTE)
    place.ask()
    place.requests.cancel(place.newest().id, "link", place.rig.clock.now())
    assert place.post.send() == []
    place.later(11 * MINUTE)
    place.ask()
    moves_to_another_person(place)
    assert place.post.send() == []


def test_a_record_about_a_request_that_is_not_due_or_not_there_deletes_nobody(place: Place) -> None:
    """What the log says is not enough: the request itself must have been taken."""
    scheduled = place.scheduled()
    unknown = DeletionRequest("f" * 32, place.rig.app, place.lea, place.address().id, DeletionState.UNDER_WAY, START)
    place.rig.write(record_of(scheduled, START + 5), record_of(unknown, START + 5))
    place.rig.settle()
    assert place.lives(place.lea)
    assert place.state(scheduled) is DeletionState.SCHEDULED
    with writing(place.rig.state) as connection:
        assert not is_wanted(connection, unknown.id, place.lea, START)
