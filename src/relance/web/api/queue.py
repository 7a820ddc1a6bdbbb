"""The queue: what waits to be sent, how long, and for what."""

from __future__ import annotations

import msgspec
from litestar import Router, get

from relance.messaging.model import ChannelQueue
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind


class QueueAnswer(msgspec.Struct, frozen=True):
    """What waits at the instant ``now`` of the program's clock, by channel; channels on which nothing waits are listed, too."""

    now: int
    channels: list[ChannelQueue]


@get("/queue", operation_id="getQueue", summary="What waits to be sent", responses=ERRORS, sync_to_thread=True)
def get_queue(app: AppId, services: Behind) -> QueueAnswer:
    """How many deliveries of the app wait on each channel, since when, and what holds them back until when.

    Of each channel 10,000 deliveries are counted at most.
    """
    services.accounts.app(app)
    now = services.context.clock.now()
    return QueueAnswer(now, services.deliveries.queue(app, now))


router = Router(path="/apps/{app:int}", route_handlers=[get_queue], tags=["Deliveries"])
