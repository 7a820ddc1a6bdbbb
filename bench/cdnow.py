"""CDNOW through the real Segment client over HTTP, until all of it has settled."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bench.flow import running
from bench.row import Row
from relance.demo.client import TrackingClient
from relance.demo.purchases import read_purchases

BAR = 15.0


def cdnow_row() -> Row:
    """Seconds from the first event given to the client until the last has settled."""
    purchases = read_purchases(datetime.now(UTC).date())
    with running() as rig:
        device = TrackingClient(rig.write_key, rig.program.url, lambda: time.time_ns() // 1_000_000, upload_interval=0.5)
        cpu, began = rig.cpu(), time.perf_counter()
        for each in purchases:
            properties = {"order_id": each.message_id, "total": each.total, "quantity": each.quantity}
            device.track(
                "Order Completed",
                properties,
                user_id=f"cdnow-{each.customer}",
                message_id=each.message_id,
                timestamp=each.moment,
            )
        given = time.perf_counter() - began
        device.flush()
        answered = time.perf_counter() - began
        rig.wait_until_settled()
        seconds, cpu = time.perf_counter() - began, rig.cpu() - cpu
        device.close()
    return Row(
        name="CDNOW over HTTP until all has settled",
        value=round(seconds, 2),
        unit="s",
        bar=f"<= {BAR:g}",
        ratio=round(seconds / BAR, 2),
        cpu_seconds=round(cpu, 2),
        ok=seconds <= BAR,
        note=f"the client had queued all after {given:.1f} s and sent all after {answered:.1f} s; {device.refused} refused",
    )
