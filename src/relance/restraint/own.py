"""What people decided themselves, made ready for deciding: their own quiet hours and limit. Pure.

They come beside the app's, so that the tighter holds. Marketing obeys both whatever its switches say; a service message obeys the
quiet hours where it obeys the app's; the limit is of marketing alone, over all channels.
"""

from __future__ import annotations

from datetime import tzinfo

from relance.core.lengths import span
from relance.restraint.caps import OWN, Limit
from relance.restraint.model import MessageClass, minute_of_day
from relance.restraint.quiet import EVERY_DAY, QuietRule
from relance.users.model import OwnLimit, OwnQuietHours

OWN_QUIET_HOURS = "own_quiet_hours"  # by which deliveries are held


def own_rule(hours: OwnQuietHours, zone: tzinfo) -> QuietRule:
    """A person's own quiet hours, where they are."""
    return QuietRule(OWN_QUIET_HOURS, minute_of_day(hours.start) or 0, minute_of_day(hours.end) or 0, EVERY_DAY, zone)


def own_limit(limit: OwnLimit) -> Limit:
    """A person's own limit."""
    return Limit(
        cap_id=OWN,
        channels=frozenset(),
        classes=frozenset((MessageClass.MARKETING.value,)),
        topics=frozenset(),
        most=limit.most,
        window=span(limit.rolling, "rolling"),
        calendar="",
        gap=0,
        kept={},
        tiers=(),
        is_of_all=False,
        surely_free=limit.most,
    )
