"""Send, skip or wait: the one decision about a claimed delivery. Pure; asked inside the transaction that claims it.

First come the checks of ``eligibility``: what ended, what cannot be reached, what was never allowed. Then the hold-out, quiet
hours and caps, which concern only what might be sent at all. The reason kept is the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeAlias

from relance.core.time import DAY
from relance.messaging.eligibility import Candidate, skip_reason
from relance.messaging.model import SkipReason
from relance.restraint.caps import Use, concerns, tier_of
from relance.restraint.holding import Terms, held

HELD_FOR = 30 * DAY  # then what a paused journey wants, and is valid for ever, is looked at again


class Usage(NamedTuple):
    """The slots that a person has taken, and the segments with a tier that they are in."""

    used: Sequence[Use] = ()
    segments: Collection[int] = ()


class MaySend(NamedTuple):
    """It leaves. ``reserve``: it takes a slot of all caps that count it. ``tiers`` is cap → the segment whose tier was used."""

    reserve: bool = False
    tiers: dict[int, int] = {}  # noqa: RUF012 - never changed


class Skip(NamedTuple):
    """It is not sent. ``by`` names the rule, where one was in the way."""

    reason: SkipReason
    by: str = ""


class Defer(NamedTuple):
    """It waits ``until`` then, and is decided anew."""

    until: int
    reason: SkipReason
    by: str = ""


Decision: TypeAlias = MaySend | Skip | Defer


class Restraints(NamedTuple):
    """What restraint a delivery is under. ``counts``: a slot is taken when it leaves, which its ``dispatch`` shares."""

    terms: Terms
    dispatch: str
    counts: bool
    is_held_out: bool = False


def decide(candidate: Candidate, restraints: Restraints, usage: Usage, now: int) -> Decision:
    """What becomes of the delivery at ``now``."""
    reason = skip_reason(candidate, now)
    if reason is not None:
        return _not_eligible(candidate, reason, now)
    if candidate.is_test:
        return MaySend()
    if restraints.is_held_out:
        return Skip(SkipReason.HOLD_OUT)
    terms = restraints.terms
    mine = [use for use in usage.used if use.dispatch == restraints.dispatch]
    if mine:  # another device of the same dispatch, or an earlier attempt, has the slot
        terms = terms._replace(limits=())
    hold = held(terms, usage.used, usage.segments, now)
    if hold is not None:
        why = SkipReason.NO_OPEN_HOUR if hold.is_endless else SkipReason.QUIET_HOURS if hold.is_quiet else SkipReason.CAPPED
        return Skip(why, hold.by) if hold.until is None else Defer(hold.until, why, hold.by)
    return MaySend(restraints.counts, _tiers_used(terms, usage.segments) if usage.segments else {})


def _tiers_used(terms: Terms, segments: Collection[int]) -> dict[int, int]:
    """Cap → the segment whose tier was its limit."""
    request = terms.request
    applied = [each for each in terms.limits if concerns(each, request.channel, request.message_class, request.topic)]
    used = {each.cap_id: tier_of(each, segments) for each in applied}
    return {cap: segment for cap, segment in used.items() if segment}


def _not_eligible(candidate: Candidate, reason: SkipReason, now: int) -> Decision:
    """A paused journey goes on some day, and a consent may come soon; nothing else is waited for."""
    until = 0
    if reason is SkipReason.JOURNEY_PAUSED:
        until = now + HELD_FOR if candidate.valid_until is None else candidate.valid_until + 1
    elif reason is SkipReason.NO_CONSENT:
        until = min(candidate.consent_awaited_until, candidate.valid_until or candidate.consent_awaited_until)
    return Defer(until, reason) if until > now else Skip(reason)
