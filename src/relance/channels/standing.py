"""Whether a push service that refuses (400, 401, 403) refuses one subscription or our key: judged by the others. Pure.

One subscription ends by a refusal only where others of the same service went through with the same key **since it was first
refused**: what went through before says nothing of a key that has gone bad meanwhile. Where most are refused the key is at fault:
sending to that service pauses, one push is tried now and then, and the first that is taken lifts the pause.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from relance.channels.model import SendResult, SendState
from relance.core.time import DAY, MINUTE, SECOND

REMEMBERED = 200  # subscriptions of a service whose last answer counts
COUNTS_FOR = DAY
SUSPECT = 2  # refused subscriptions from which on it may be the key …
SUSPECT_SHARE = 10  # … and one in so many of those that the service took not long ago
FIRST_PAUSE, LONGEST_PAUSE = 30 * SECOND, 10 * MINUTE


class Verdict(StrEnum):
    """What a refusal means."""

    ENDS = "ends"  # this subscription is no more
    WAITS = "waits"  # too little is known: try it again
    PAUSES = "pauses"  # the key is refused: nobody is ended, sending pauses


class ServiceAnswer(msgspec.Struct):
    """What a service last said to one subscription; ``since`` (ms) is when it first said so after having said otherwise."""

    is_taken: bool
    since: int
    at: int


class ServiceStanding(msgspec.Struct):
    """One push service under one key. ``answers``: by subscription, the oldest first. Instants are ms."""

    answers: dict[str, ServiceAnswer] = msgspec.field(default_factory=dict)
    paused_since: int = 0  # 0 = not paused
    lifted_at: int = 0  # what was refused up to then was the key's fault
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
            self.paused_since, self.lifted_at, self.pause = 0, now, FIRST_PAUSE
        self._note(subscription, now, is_taken=True)

    def refused(self, subscription: str, said: str, now: int) -> Verdict:
        """The service refused a push; what that means."""
        since = self._note(subscription, now, is_taken=False).since
        taken = [answer.at for answer in self.answers.values() if answer.is_taken]
        refused = [answer.at for answer in self.answers.values() if not answer.is_taken and answer.at >= self.lifted_at]
        in_a_row = sum(at >= max(taken, default=0) for at in refused)
        if self.paused_since:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif sum(at >= since for at in taken) >= sum(at >= since for at in refused):
            del self.answers[subscription]
            return Verdict.ENDS
        elif in_a_row < max(SUSPECT, len(taken) // SUSPECT_SHARE):
            return Verdict.WAITS
        else:
            self.paused_since = now
        self.said, self.next_try = said, now + self.pause
        return Verdict.PAUSES

    def pause_for(self, said: str, now: int) -> None:
        """The service refused our key in so many words."""
        if self.paused_since:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        else:
            self.paused_since = now
        self.said, self.next_try = said, now + self.pause

    def judged(self, subscription: str, result: SendResult, now: int) -> SendResult:
        """What a refusal comes to, by what the others of the service got."""
        verdict = self.refused(subscription, result.detail, now)
        if verdict is Verdict.ENDS:
            return SendResult(SendState.GONE, result.detail)
        if verdict is Verdict.PAUSES:
            return SendResult(SendState.HELD, result.detail, retry_after_ms=self.next_try - now)
        return SendResult(SendState.RETRY, result.detail)

    def _note(self, subscription: str, now: int, *, is_taken: bool) -> ServiceAnswer:
        before = self.answers.pop(subscription, None)
        since = before.since if before is not None and before.is_taken is is_taken else now
        answer = self.answers[subscription] = ServiceAnswer(is_taken, since, now)
        while len(self.answers) > REMEMBERED or next(iter(self.answers.values())).at < now - COUNTS_FOR:
            del self.answers[next(iter(self.answers))]
        return answer
