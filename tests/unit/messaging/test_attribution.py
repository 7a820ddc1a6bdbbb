"""Which message a conversion is credited to."""

from __future__ import annotations

import pytest

from relance.core.time import DAY, HOUR
from relance.messaging.attribution import Credit, Touch, credit

ORDER = "Order Completed"
T = 100 * DAY


def touch(name: str, sent: int, opened: int | None = None, clicked: int | None = None, event: str = ORDER) -> Touch:
    return Touch(name, event, 3 * DAY, sent, opened, clicked)


@pytest.mark.parametrize(
    ("touches", "credited"),
    [
        ([], None),
        ([touch("a", T - HOUR)], Credit("a", direct=False)),
        ([touch("a", T - 3 * DAY)], None),  # the window is open at its beginning
        ([touch("a", T - 3 * DAY + 1)], Credit("a", direct=False)),
        ([touch("a", T)], Credit("a", direct=False)),
        ([touch("a", T + 1)], None),  # sent after it
        ([touch("a", T - 2 * DAY, clicked=T - DAY), touch("b", T - HOUR)], Credit("a", direct=True)),
        ([touch("a", T - 2 * DAY, clicked=T - DAY), touch("b", T - HOUR, clicked=T - 1)], Credit("b", direct=True)),
        ([touch("a", T - 9 * DAY, clicked=T - HOUR)], None),  # the goal's length counts from the message, not from the click
        ([touch("a", T - 9 * DAY, opened=T - HOUR)], None),
        ([touch("a", T - 9 * DAY, opened=T - HOUR), touch("b", T - DAY)], Credit("b", direct=False)),
        ([touch("a", T - 2 * DAY, opened=T - HOUR), touch("b", T - DAY)], Credit("a", direct=False)),
        ([touch("a", T - HOUR, opened=T + 1)], Credit("a", direct=False)),
        ([touch("a", T - 5 * DAY, clicked=T - 4 * DAY), touch("b", T - DAY)], Credit("b", direct=False)),
        ([touch("a", T - HOUR, clicked=T + 1)], Credit("a", direct=False)),  # clicked only afterwards
        ([touch("a", T - HOUR, clicked=T), touch("b", T - 1, clicked=T - 1)], Credit("a", direct=True)),  # at the same instant
        ([touch("a", T - HOUR, opened=T), touch("b", T - 1)], Credit("a", direct=False)),
        ([touch("a", T, clicked=T)], Credit("a", direct=True)),
        ([touch("a", T - 3 * DAY, clicked=T - HOUR)], None),  # no click lets in what was sent where the window is open
        ([touch("a", T - 3 * DAY + 1, clicked=T - 3 * DAY + 1)], Credit("a", direct=True)),
        ([touch("a", T - 2 * DAY, opened=T - HOUR), touch("b", T - HOUR)], Credit("b", direct=False)),  # equal: sent later
        ([touch("a", T - 2 * DAY, clicked=T - 1), touch("b", T - DAY, clicked=T - 1)], Credit("b", direct=True)),
        ([touch("a", T - HOUR, event="Signed Up")], None),
        ([touch("a", T - HOUR), touch("b", T - HOUR)], Credit("b", direct=False)),  # equal instants: the greater id
    ],
)
def test_credit(touches: list[Touch], credited: Credit | None) -> None:
    assert credit(touches, ORDER, T) == credited
    assert credit(reversed(touches), ORDER, T) == credited
