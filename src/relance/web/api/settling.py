"""People are changed through the log only: an API write appends a record and waits until it has settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request

from relance.core.encoding import to_json
from relance.events.model import Event, Kind
from relance.web.api.idempotency import message_id_for
from relance.web.api.services import Services

WAIT_SECONDS = 5.0


async def settle(services: Services, events: Sequence[Event]) -> None:
    """Append and wait. Raises ``NotSettledError`` if that takes long: the records are safe and will take effect."""
    offset = await services.context.log.append(events)
    await services.context.worker.call("settled", offset=offset, timeout=WAIT_SECONDS)


def command(
    request: Request[Any, Any, Any], services: Services, app_id: int, kind: Kind, person_id: int, body: dict[str, Any]
) -> Event:
    """A log record about a person known by id."""
    now = services.context.clock.now()
    return Event(
        app_id=app_id,
        kind=kind.value,
        name=kind.value,
        message_id=message_id_for(request, app_id),
        occurred_at=now,
        received_at=now,
        body=to_json(body).encode(),
        person_id=person_id,
    )
