"""What has been said about messages to a person or an address, and which of it holds. Pure.

There are two kinds of saying. **Explicit** is the person's own act (a link, the mailbox's button) and what an operator or a
server notes on their behalf. **Told** is what traits, a context or an import carry along: SDKs repeat it with each call, so that
it is no act of anybody's. Of each kind the newest is kept, and the two together are a ``ConsentStanding``:

- an explicit no holds until a newer explicit yes, whatever is told meanwhile;
- otherwise the newest saying of all holds, so that a no that was told is lifted by a yes that is told later.

Keeping the greatest of each kind makes the outcome independent of the order in which sayings arrive and people merge.
"""

from __future__ import annotations

from typing import NamedTuple

Grant = tuple[int, bool, str]
"""A consent as it is compared: (changed at, denied, source). The greater one holds: the later, at one instant the denial."""

TOLD_SOURCES = frozenset(("identify", "context", "edit", "import"))  # what ``source`` says of what was told


class ConsentStanding(NamedTuple):
    """The newest of each kind of saying about one channel and topic."""

    explicit: Grant | None = None
    told: Grant | None = None


NOTHING_SAID = ConsentStanding()


class ConsentRecord(NamedTuple):
    """One saying as it is kept: a yes or a no to messages on a channel about a topic, by or for a person, and what shows it.

    ``address_key`` is what stands for the address it names (``pseudonyms``), or empty; ``wording`` what was agreed to, as it was
    put; ``proof`` a JSON object. Instants are ms.
    """

    id: str
    person_id: int
    channel: str
    topic: str
    granted: bool
    explicit: bool
    source: str
    occurred_at: int
    recorded_at: int
    address_key: str = ""
    wording: str = ""
    proof: str = "{}"


def said(standing: ConsentStanding, grant: Grant, *, explicit: bool) -> ConsentStanding:
    """With one more saying."""
    return joined(standing, ConsentStanding(grant) if explicit else ConsentStanding(None, grant))


def joined(first: ConsentStanding, second: ConsentStanding) -> ConsentStanding:
    """What two people who become one have said."""
    return ConsentStanding(_newer(first.explicit, second.explicit), _newer(first.told, second.told))


def holding(standing: ConsentStanding) -> Grant | None:
    """Which saying holds; None where nobody ever said anything."""
    if standing.explicit is not None and standing.explicit[1]:
        return standing.explicit
    return _newer(standing.explicit, standing.told)


def _newer(first: Grant | None, second: Grant | None) -> Grant | None:
    if first is None or second is None:
        return first or second
    return max(first, second)
