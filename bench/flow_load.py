"""Open-loop load with ids that never repeat: ``python -m bench.flow_load PORT KEY RATE SECONDS SIZE [starts a second]``.

Prints one JSON object: latencies of the answers, and when each event that starts a journey was accepted (real ms).
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvloop

from bench.load import Client

MARK = b"@ROUND@@"
PEOPLE = 20_000


def template(key: str, size: int, starts: int) -> bytes:
    """A request in which ``MARK`` stands for its number; the first ``starts`` of its events start a journey."""
    now = datetime.now(UTC).isoformat()
    mark = MARK.decode()
    batch = [
        {
            "type": "track",
            "messageId": f"m-{mark}-{index:04d}",
            "userId": f"user-{(index * 7919) % PEOPLE}" if index >= starts else f"phone-{mark[:0]}{index % 100:02d}",
            "event": "Product Viewed" if index >= starts else "Ping",
            "timestamp": now,
            "properties": {"sku": f"sku-{index}", "price": index, "ping": f"{mark}-{index:04d}"},
            "context": {"library": {"name": "bench", "version": "1"}, "locale": "fr-FR"},
        }
        for index in range(size)
    ]
    body = json.dumps({"batch": batch}, separators=(",", ":")).encode()
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(port: int, key: str, rate: int, seconds: int, size: int, starts: int) -> dict[str, Any]:
    made = template(key, size, starts)
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(32):
        one = Client(port)
        await one.open()
        free.put_nowait(one)
    latencies: list[float] = []
    accepted: dict[str, int] = {}
    base = int(time.time()) % 10_000 * 10_000

    async def shoot(due: float, number: int) -> None:
        one = await free.get()
        await one.send(made.replace(MARK, b"%08d" % (base + number)))
        latencies.append(time.perf_counter() - due)
        free.put_nowait(one)
        for index in range(starts):
            accepted[f"{base + number:08d}-{index:04d}"] = time.time_ns() // 1_000_000

    total, pause = rate * seconds // size, size / rate
    began = time.perf_counter() + 0.05
    tasks = []
    for number in range(total):
        due = began + number * pause
        if (delay := due - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        tasks.append(asyncio.create_task(shoot(due, number)))
    await asyncio.gather(*tasks)
    latencies.sort()
    return {
        "events": total * size,
        "seconds": time.perf_counter() - began,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "accepted": accepted,
    }


if __name__ == "__main__":
    port, key, *numbers = sys.argv[1:]
    rate, seconds, size, starts = (*map(int, numbers), 0)[:4]
    print(json.dumps(uvloop.run(run(int(port), key, rate, seconds, size, starts))))
