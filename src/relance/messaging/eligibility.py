"""May this delivery leave, now? One pure decision, asked at the moment of sending and nowhere else.

The order of the checks is the order in which reasons are given: what ended comes before what was never allowed, so
that the reason kept is the one an operator can act on.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec

from relance.channels.registry import KINDS, Channel
from relance.messaging.model import MessageClass, SkipReason
from relance.users.model import GENERAL, SubscriptionState


class Candidate(msgspec.Struct, frozen=True):
    """Everything the decision may look at. Instants in ms of the program's clock."""

    message_class: MessageClass
    channel: Channel
    topic: str
    address: str
    subscription_state: str | None  # None = the subscription no longer exists
    consents: Mapping[str, bool]  # topic → granted, of this person on this channel
    refused: Set[str]  # the topics refused at this very address, whoever had it then
    person_exists: bool
    run_stopped: bool
    journey_paused: bool
    sending_paused: bool
    valid_until: int | None
    is_test: bool = False
    consent_awaited_until: int = 0
    suppressed: str = ""  # why its address is on the suppression list


def skip_reason(candidate: Candidate, now: int) -> SkipReason | None:
    """Why the delivery may not leave at ``now``; None = it may."""
    return _ended(candidate, now) or _address(candidate) or _consent(candidate)


def _ended(candidate: Candidate, now: int) -> SkipReason | None:
    """The person, the run or the message's time is over, or the operator's switch is off. A paused journey only lets it wait."""
    if not candidate.person_exists:
        return SkipReason.DELETED_PERSON
    if candidate.sending_paused:
        return SkipReason.SENDING_PAUSED
    if candidate.run_stopped:
        return SkipReason.JOURNEY_STOPPED
    if candidate.valid_until is not None and now > candidate.valid_until:
        return SkipReason.EXPIRED
    if candidate.journey_paused:
        return SkipReason.JOURNEY_PAUSED
    return None


def _address(candidate: Candidate) -> SkipReason | None:
    """The address cannot or must not be used, whatever the message's class."""
    state = candidate.subscription_state
    if state is None:
        return SkipReason.NO_SUBSCRIPTION
    if candidate.suppressed:
        return SkipReason.SUPPRESSED
    if state == SubscriptionState.GONE:
        return SkipReason.GONE
    if state == SubscriptionState.UNCONFIRMED:
        return SkipReason.UNCONFIRMED
    if state not in (SubscriptionState.SUBSCRIBED, SubscriptionState.UNSUBSCRIBED):
        return SkipReason.SUPPRESSED
    if not KINDS[candidate.channel].is_address(candidate.address):
        return SkipReason.INVALID_ADDRESS
    return None


def _consent(candidate: Candidate) -> SkipReason | None:
    """Marketing asks for consent: a no to the topic or to all marketing outweighs any yes; silence is what the channel implies.

    A no that was said of the address holds as well, whoever brings the address now.

    A push permission was given to this site in the browser, so it is consent until said otherwise; an e-mail address
    is not. Other messages than marketing, and tests to oneself, need none.
    """
    if candidate.message_class is not MessageClass.MARKETING or candidate.is_test:
        return None
    if candidate.subscription_state == SubscriptionState.UNSUBSCRIBED:
        return SkipReason.UNSUBSCRIBED
    answers = {candidate.consents.get(candidate.topic), candidate.consents.get(GENERAL)}
    if False in answers or candidate.topic in candidate.refused or GENERAL in candidate.refused:
        return SkipReason.UNSUBSCRIBED
    return None if True in answers or KINDS[candidate.channel].implies_consent else SkipReason.NO_CONSENT
