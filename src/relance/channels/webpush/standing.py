"""Whether a push service that refuses (400, 401, 403) refuses one subscription or our key: judged by the others. Pure.

One subscription ends by a refusal only where others of the same service go through with the same key. Where most are refused the
key is at fault: sending to that service pauses, one push is tried now and then, and the first that is taken lifts the pause.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from relance.core.time import DAY, MINUTE, SECOND

REMEMBERED = 200  # subscriptions of a service whose last answer counts
COUNTS_FOR = DAY
SUSPECT = 2  # refused subscriptions from which on it may be the key
FIRST_PAUSE, LONGEST_PAUSE = 30 * SECOND, 10 * MINUTE


class Verdict(StrEnum):
    """What a refusal means."""

    ENDS = "ends"  # this subscription is no more
    WAITS = "waits"  # too little is known: try it again
    PAUSES = "pauses"  # the key is refused: nobody is ended, sending pauses


class Standing(msgspec.Struct):
    """One push service under one key. ``answers``: subscription → (taken?, when), the oldest first. Instants are ms."""

    answers: dict[str, tuple[bool, int]] = msgspec.field(default_factory=dict)
    paused_since: int = 0  # 0 = not paused
    next_try: int = 0
    pause: int = FIRST_PAUSE
    said: str = ""

    def wait(self, now: int) -> int:
        """How long (ms) a push must wait; 0 = it may leave. While paused one may leave at each try."""
        if not self.paused_since:
            return 0
        if now < self.next_try:
            return self.next_try - now
        self.next_try = now + self.pause
        return 0

    def taken(self, subscription: str, now: int) -> None:
        """The service took a push: the key is good. What was refused in a pause was the key's fault, and counts no more."""
        if self.paused_since:
            self.answers = {name: answer for name, answer in self.answers.items() if answer[0]}
            self.paused_since, self.pause = 0, FIRST_PAUSE
        self._note(subscription, now, taken=True)

    def refused(self, subscription: str, said: str, now: int) -> Verdict:
        """The service refused a push; what that means."""
        self._note(subscription, now, taken=False)
        others = sum(is_taken for name, (is_taken, _) in self.answers.items() if name != subscription)
        refused = sum(not is_taken for is_taken, _ in self.answers.values())
        if self.paused_since:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif others and refused <= others:
            return Verdict.ENDS
        elif refused < SUSPECT:
            return Verdict.WAITS
        else:
            self.paused_since = now
        self.said, self.next_try = said, now + self.pause
        return Verdict.PAUSES

    def _note(self, subscription: str, now: int, *, taken: bool) -> None:
        self.answers.pop(subscription, None)
        self.answers[subscription] = taken, now
        while len(self.answers) > REMEMBERED or next(iter(self.answers.values()))[1] < now - COUNTS_FOR:
            del self.answers[next(iter(self.answers))]
