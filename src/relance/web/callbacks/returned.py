"""What mail that comes back tells of its delivery: the bounce or the complaint becomes events, as a provider's report does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.engine import Engine

from relance.channels.callback import Fate, FateReport, ReturnedReport
from relance.channels.registry import KINDS
from relance.events.model import Event
from relance.infra.clock import Clock
from relance.links.return_address import ReturnToken, is_recipient, read_return
from relance.messaging.model import Delivery
from relance.messaging.service import Deliveries
from relance.users.suppression.model import NewSuppression, SuppressionReason
from relance.users.suppression.service import Suppressions
from relance.web.callbacks.effects import events_of_fate


class ReturnedMail:
    """Reads what comes back to return addresses at ``domain``.

    ``read_notice`` tells what a message says that came back, None if nothing; ``append`` writes events to the log, durably.
    """

    def __init__(
        self,
        state: Engine,
        secret: bytes,
        clock: Clock,
        domain: str,
        read_notice: Callable[[bytes], ReturnedReport | None],
        append: Callable[[Sequence[Event]], Any],
    ) -> None:
        self._deliveries, self._suppressions = Deliveries(state), Suppressions(state)
        self._secret = secret
        self._clock = clock
        self._domain = domain
        self._read_notice = read_notice
        self._append = append

    def read(self, address: str) -> ReturnToken | None:
        """What a return address says; None if this server did not make it, or too long ago."""
        return read_return(self._secret, address, self._domain, self._clock.now())

    def take(self, token: ReturnToken, raw: bytes) -> None:
        """Write down what a mail to it tells. Only the delivery that it was made for is concerned."""
        notice = self._read_notice(raw)
        delivery = None if notice is None else self._deliveries.locate(token.delivery_id)
        if notice is None or delivery is None:
            return
        if delivery.address:
            if is_recipient(self._secret, token, delivery.address):
                self._append(events_of_fate(FateReport(delivery.id, notice.fate, notice.detail), delivery, self._clock.now()))
        elif notice.fate in (Fate.COMPLAINED, Fate.NO_SUCH_ADDRESS):
            self._hide(token, notice, delivery)

    def _hide(self, token: ReturnToken, notice: ReturnedReport, delivery: Delivery) -> None:
        """Its person was deleted, and the address with them: the one that the notice names and the token proves is listed."""
        canonical = KINDS[delivery.channel].canonical_address
        address = next((each for each in map(canonical, notice.recipients) if is_recipient(self._secret, token, each)), None)
        if address is not None:
            reason = SuppressionReason.COMPLAINED if notice.fate is Fate.COMPLAINED else SuppressionReason.BOUNCED
            new = NewSuppression(reason.value, self._clock.now(), delivery_id=delivery.id)
            self._suppressions.hide(delivery.app_id, delivery.channel, address, new)
