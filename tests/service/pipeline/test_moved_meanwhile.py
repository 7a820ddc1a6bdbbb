"""What waits for quiet hours is decided anew where its person is by now."""

from __future__ import annotations

from typing import Any

import pytest

from relance.core.time import from_iso, to_iso
from relance.events.model import Event, Kind
from relance.messaging.model import DeliveryState, SkipReason
from relance.restraint.service import AllQuietHours
from tests.service.pipeline.rig import START, Rig
from tests.service.pipeline.test_confirmations import Post

pytestmark = pytest.mark.both_databases

EVENING = from_iso("2026-11-25T22:30:00+01:00")
ADA: dict[str, Any] = {"email": "ada@example.org", "consent": {"email": True}}


class Place:
    """A shop that is quiet at night, and Ada, in Paris, for whom something waits."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.post = rig, Post(rig)
        AllQuietHours(rig.state).create(rig.app, {"start": "22:00", "end": "08:00", "channel": "", "weekdays": ()}, START)
        self.post.settle(rig.identify("ada", 1, **ADA, timezone="Europe/Paris"))
        found = rig.people.find(rig.app, "user_id", "ada")
        assert found is not None
        self.ada = found.id
        rig.clock.advance(EVENING)
        content = {"subject": "Hi", "text": "Hi"}
        self.message = rig.messages.create(rig.app, "news", "email", content, EVENING, when_held="until_window_ends").id
        rig.messages.send(rig.app, self.message, self.ada, EVENING)

    def send(self, *events: Event) -> tuple[str, str, str]:
        """What became of it once these have settled."""
        self.post.settle(*events)
        self.post.send()
        [found] = self.rig.deliveries.page(self.rig.app, message_id=self.message)
        due = to_iso(found.due_at) if found.state is DeliveryState.PENDING else ""
        return found.state.value, found.reason, due

    def says(self, user: str = "ada", **traits: Any) -> Event:
        return self.rig.identify(user, EVENING - START, **traits)


@pytest.fixture
def place(rig: Rig) -> Place:
    made = Place(rig)
    assert made.send() == ("pending", "quiet_hours", "2026-11-26T07:00:00.000Z")
    return made


def test_a_new_zone_lets_it_leave_where_it_is_day(place: Place) -> None:
    assert place.send(place.says(timezone="America/New_York")) == ("sent", "", "")


def test_in_a_zone_where_it_is_night_as_well_it_waits_for_that_nights_end(place: Place) -> None:
    assert place.send(place.says(timezone="Asia/Dubai")) == ("pending", "quiet_hours", "2026-11-26T04:00:00.000Z")


@pytest.mark.parametrize("by", ["context", "merge"])
def test_it_matters_not_by_what_the_zone_became_known(place: Place, by: str) -> None:
    if by == "context":
        event = place.rig.identify("ada", EVENING - START, context={"timezone": "America/New_York"})
        assert place.send(event)[0] == "sent"
        return
    place.post.settle(place.says("eve", timezone="America/New_York"))
    eve = place.rig.people.find(place.rig.app, "user_id", "eve")
    assert eve is not None
    body = {"from": place.ada, "into": eve.id}
    merged = place.send(place.rig.event(Kind.MERGE, "", EVENING - START, body, person_id=place.ada))
    assert merged[0] == "sent"


def test_what_changes_nothing_about_where_they_are_decides_nothing_anew(place: Place) -> None:
    before = place.rig.deliveries.page(place.rig.app, message_id=place.message)
    assert place.send(place.says(timezone="Europe/Paris", first_name="Ada"))[1] == SkipReason.QUIET_HOURS
    assert place.rig.deliveries.page(place.rig.app, message_id=place.message) == before


def test_somebody_elses_move_is_theirs_alone(place: Place) -> None:
    assert place.send(place.says("bob", timezone="America/New_York"))[0] == "pending"
