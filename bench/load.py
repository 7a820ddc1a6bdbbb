"""A small HTTP load process: keep-alive connections, requests made beforehand, nothing parsed but status and length.

Run as ``python -m bench.load PORT KEY closed CLIENTS REQUESTS SIZE`` or ``… open CLIENTS EVENTS_PER_SECOND SECONDS SIZE``;
prints one JSON object. It never stands in the measured process.
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

ROUNDS = 64  # different bodies made beforehand; ids repeat after them, which the log does not look at


def request(key: str, size: int, number: int) -> bytes:
    """One POST with ``size`` events of about 450 bytes."""
    now = datetime.now(UTC).isoformat()
    batch = [
        {
            "type": "track",
            "messageId": f"m-{number:08d}-{index:08d}-0123456789ab",
            "userId": f"user-{(number * size + index) % 200_000}",
            "event": "Order Completed",
            "timestamp": now,
            "properties": {
                "order_id": f"o-{number}-{index}",
                "total": 129.5,
                "currency": "EUR",
                "cart_id": f"c-{index}",
                "products": [{"sku": "A-1", "price": 12.0, "quantity": 2}, {"sku": "B-2", "price": 105.5, "quantity": 1}],
            },
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}, "ip": "203.0.113.7", "locale": "fr-FR"},
        }
        for index in range(size)
    ]
    body = json.dumps({"batch": batch, "sentAt": now}, separators=(",", ":")).encode()
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, payload: bytes) -> None:
        self.writer.write(payload)
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        start = head.lower().index(b"content-length:") + 15
        await self.reader.readexactly(int(head[start : head.index(b"\r", start)]))

    def close(self) -> None:
        self.writer.close()


async def closed_loop(port: int, key: str, clients: int, requests: int, size: int) -> dict[str, Any]:
    """Each client sends its next request when the last one is answered."""
    payloads = [request(key, size, number) for number in range(ROUNDS)]
    connections = [Client(port) for _ in range(clients)]
    for one in connections:
        await one.open()

    async def run(one: Client, offset: int, count: int) -> None:
        for number in range(count):
            await one.send(payloads[(offset + number) % ROUNDS])

    began = time.perf_counter()
    await asyncio.gather(*(run(one, index, requests // clients) for index, one in enumerate(connections)))
    seconds = time.perf_counter() - began
    for one in connections:
        one.close()
    return {"events": requests // clients * clients * size, "seconds": seconds}


async def open_loop(port: int, key: str, clients: int, rate: int, seconds: int, size: int) -> dict[str, Any]:
    """Requests start on time whether or not the earlier ones are answered; latency counts from when each was due."""
    payloads = [request(key, size, number) for number in range(ROUNDS)]
    free: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(clients):
        one = Client(port)
        await one.open()
        free.put_nowait(one)
    latencies: list[float] = []

    async def shoot(due: float, number: int) -> None:
        one = await free.get()
        await one.send(payloads[number % ROUNDS])
        free.put_nowait(one)
        latencies.append(time.perf_counter() - due)

    total = rate * seconds // size
    pause = size / rate
    began = time.perf_counter() + 0.05
    tasks = []
    for number in range(total):
        due = began + number * pause
        delay = due - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        tasks.append(asyncio.create_task(shoot(due, number)))
    await asyncio.gather(*tasks)
    latencies.sort()
    return {
        "events": total * size,
        "seconds": time.perf_counter() - began,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
    }


def main() -> None:
    port, key, mode, *numbers = sys.argv[1:]
    run = closed_loop if mode == "closed" else open_loop
    print(json.dumps(uvloop.run(run(int(port), key, *map(int, numbers)))))


if __name__ == "__main__":
    main()
