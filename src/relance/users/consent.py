"""Consent statements of a person or an address, and which of them holds. Pure.

There are two kinds. **Explicit** is the person's own act (a link, the mailbox's button), or what an operator or a server records
on their behalf. **Reported** is what traits, a context or an import carry along: SDKs repeat it with every call, so that it is
nobody's act. The newest of each kind is kept; the two together are a ``ConsentStanding``:

- an explicit no holds until a newer explicit yes, whatever is reported in between;
- otherwise the newest statement of either kind holds, so that a later reported yes lifts a reported no.

Keeping the maximum of each kind makes the result independent of the order in which statements arrive and people merge.
"""

from __future__ import annotations

from typing import NamedTuple

Grant = tuple[int, bool, str]
"""A statement in comparable form: (changed at, denied, source). The greater one holds: the later one; at one instant, the denial.
"""

REPORTED_SOURCES = frozenset(("identify", "context", "edit", "import"))  # the values of ``source`` of reported statements


class ConsentStanding(NamedTuple):
    """The newest statement of each kind about one channel and topic."""

    explicit: Grant | None = None
    reported: Grant | None = None


NOTHING_SAID = ConsentStanding()


class ConsentRecord(NamedTuple):
    """One recorded statement: a yes or a no to messages on a channel about a topic, by or for a person, with its proof.

    ``address_key`` is the pseudonym of the address it names (``pseudonyms``), or empty; ``wording`` is what was agreed to,
    verbatim; ``proof`` a JSON object. Instants are ms.
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
    """With one more statement."""
    return joined(standing, ConsentStanding(grant) if explicit else ConsentStanding(None, grant))


def joined(first: ConsentStanding, second: ConsentStanding) -> ConsentStanding:
    """The standing of two merged people."""
    return ConsentStanding(_newer(first.explicit, second.explicit), _newer(first.reported, second.reported))


def holding(standing: ConsentStanding) -> Grant | None:
    """The statement that holds; None if there is none."""
    if standing.explicit is not None and standing.explicit[1]:
        return standing.explicit
    return _newer(standing.explicit, standing.reported)


def _newer(first: Grant | None, second: Grant | None) -> Grant | None:
    if first is None or second is None:
        return first or second
    return max(first, second)
