"""Is a message held back now, by what, and until when? Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from relance.restraint.caps import Limit, Request, Use, blocked
from relance.restraint.model import LONGEST_HOLD, WhenHeld
from relance.restraint.quiet import Quiet, QuietRule, quiet, same_hour_next_days

_DAYS = 3  # that next_day_same_hour tries: as many as the longest hold has
_SHARES = 1_000_000


class Terms(NamedTuple):
    """What may hold a message back, and what becomes of it then. Without rules and limits nothing may.

    ``when`` None: it waits for the end of quiet hours, and is skipped where a cap is in the way. ``wait_at_most`` in ms.
    ``held_since`` is when it was held back first; None = never yet.
    """

    request: Request
    zone: tzinfo
    rules: tuple[QuietRule, ...] = ()
    limits: Sequence[Limit] = ()
    when: WhenHeld | None = None
    wait_at_most: int = 0
    held_since: int | None = None
    valid_until: int | None = None


class Hold(NamedTuple):
    """``is_quiet``: by quiet hours, else by a cap; ``by`` names it. ``until`` None: it is not waited for.

    Of several rules it is the one that lasts longest; where nothing is waited for at all, the one that holds now.
    ``is_endless``: the quiet hours leave no instant to wait for.
    """

    is_quiet: bool
    by: str
    until: int | None
    is_endless: bool = False


def held(terms: Terms, used: Sequence[Use], segments: Collection[int], now: int) -> Hold | None:
    """Whether it may not leave at ``now``; None = it may. What is not over while it is valid is not waited for."""
    quiet_now = _quiet(terms.rules, now) if terms.rules else None
    in_the_way = blocked(terms.limits, terms.request, used, segments, terms.zone, now)
    if quiet_now is not None:
        hold = Hold(True, quiet_now.by, None)
    elif in_the_way is not None:
        hold = Hold(False, in_the_way.by, None)
    else:
        return None
    wanted = _wanted(terms, used, segments, now, hold)
    too_late = wanted.until is not None and wanted.until > _last_instant(terms, now)
    return wanted._replace(until=None) if too_late else wanted


@lru_cache(maxsize=1_000)
def _quiet(rules: tuple[QuietRule, ...], now: int) -> Quiet | None:
    """Whoever is written to at one instant lives in few zones."""
    return quiet(rules, now)


def _wanted(terms: Terms, used: Sequence[Use], segments: Collection[int], now: int, hold: Hold) -> Hold:
    """What it waits for, as its message says, however long that lasts; ``hold`` is what is in the way now."""
    match terms.when:
        case WhenHeld.SKIP:
            return hold
        case None:
            found = _quiet(terms.rules, now) if hold.is_quiet else None
            return hold if found is None else _by_quiet(found)
        case WhenHeld.NEXT_DAY_SAME_HOUR:
            days = same_hour_next_days(terms.zone, now, _DAYS)
            at = next((day for day in days if _earliest(terms, used, segments, day, hold).until == day), None)
            found = _quiet(terms.rules, now) if hold.is_quiet and at is None else None
            return hold._replace(until=at, is_endless=found is not None and found.until is None)
        case _:
            return _earliest(terms, used, segments, now, hold)


def _earliest(terms: Terms, used: Sequence[Use], segments: Collection[int], now: int, hold: Hold) -> Hold:
    """The first instant from ``now`` on that is neither quiet nor capped. What caps let pass once they let pass later."""
    in_the_way = blocked(terms.limits, terms.request, used, segments, terms.zone, now)
    if in_the_way is not None and in_the_way.until is None:
        return Hold(False, in_the_way.by, None)
    capped = hold if in_the_way is None else Hold(False, in_the_way.by, in_the_way.until)
    free = now if in_the_way is None or in_the_way.until is None else in_the_way.until
    found = quiet(terms.rules, free)
    return capped._replace(until=free) if found is None else _by_quiet(found)


def _by_quiet(found: Quiet) -> Hold:
    return Hold(True, found.last if found.until is not None else found.by, found.until, found.until is None)


def _last_instant(terms: Terms, now: int) -> int:
    """Until when it may wait. The time runs from when it was first held back."""
    longest = min(terms.wait_at_most, LONGEST_HOLD) if terms.when is WhenHeld.WAIT else LONGEST_HOLD
    last = (now if terms.held_since is None else terms.held_since) + longest
    return last if terms.valid_until is None else min(last, terms.valid_until)


def is_held_out(app_id: int, person_id: int, percent: float) -> bool:
    """Whether a person is of the share that gets no marketing, to compare the others with. Always the same for one person."""
    if percent <= 0:
        return False
    digest = hashlib.blake2b(f"hold-out {app_id} {person_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _SHARES < percent / 100 * _SHARES
