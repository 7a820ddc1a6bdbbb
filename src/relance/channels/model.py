"""What the transports are given and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec


class SendState(StrEnum):
    """What became of one attempt."""

    SENT = "sent"  # the other side took it
    FAILED = "failed"  # it will never take this one; another message may do better
    GONE = "gone"  # the address has ended: nothing may be sent to it again
    BOUNCED = "bounced"  # the mailbox does not exist or takes no mail: nothing may be sent to it until somebody says otherwise
    OPTED_OUT = "opted_out"  # the person has told the provider that they want no more
    REFUSED = "refused"  # the service does not accept the subscription or our key: which of them, others tell
    HELD = "held"  # nothing was tried: sending there pauses
    RETRY = "retry"  # not now; the same message may be tried again


class SendResult(msgspec.Struct, frozen=True):
    """The outcome of one attempt.

    ``uncertain`` goes with ``retry``: the connection broke after the message was handed over, so it may have arrived.
    A repeat carries the same topic or Message-ID, by which the receiving side can tell. ``is_outage`` goes with ``retry``, too:
    the other side takes nothing now, whoever it is for. ``answer`` is what it said, for a journey's later steps: ``status`` and
    ``body``, bounded and without secrets; None where it said nothing, or nothing that is of use to them.
    """

    state: SendState
    detail: str = ""  # what the other side said, for the operator; at most a few hundred characters
    provider_id: str = ""  # the name the other side gave the message
    retry_after_ms: int = 0  # shortest wait the other side asked for; 0 = it asked for none
    uncertain: bool = False
    is_outage: bool = False
    answer: Mapping[str, Any] | None = None
