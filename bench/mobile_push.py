"""What a push message to a phone costs on its way out: ``python -m bench.mobile_push``.

Whole transports (message built, authorized, posted over HTTP/2 and TLS, answer read) beside what programs usually use:
APNs beside ``aioapns``, FCM beside ``firebase-admin``. CPU-seconds of the sending process; another stands in for the services.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.row import Row, calibrate, write
from relance.channels.mobile_push.apns import Apns
from relance.channels.mobile_push.apns_account import ApnsSecrets, ApnsSettings
from relance.channels.mobile_push.fcm import Fcm
from relance.channels.mobile_push.fcm_account import FcmSecrets, FcmSettings
from relance.channels.mobile_push.model import MobilePush
from relance.channels.model import SendState
from relance.channels.provider_type import ProviderContext
from relance.channels.transport import SendAddress
from tests.providers.apns import KEY_ID, TEAM, TOPIC, FakeApns
from tests.providers.certificates import make_authority, server_context
from tests.providers.fcm import PROJECT, FakeFcm, make_key
from tests.providers.http2_server import Http2Server, Reply, Request

MESSAGES, AT_ONCE, ROUNDS = 4_000, 64, 3
APNS_RATIO, FCM_RATIO = 1.0, 5.0
HERE = ProviderContext(private=True)
TITLE, BODY = "Your cart is waiting", "Two things are still in it. Shall we keep them?"
Send = Callable[[int], Awaitable[bool]]


async def serve(server_file: str) -> None:
    """Answers as both services would, without looking at anything."""

    async def answer(request: Request) -> Reply:
        if request.path == "/token":
            return Reply(200, b'{"access_token":"x","expires_in":3600}')
        if request.path.startswith("/3/device/"):
            return Reply(200, headers={"apns-id": request.headers["apns-id"]})
        return Reply(200, b'{"name":"projects/x/messages/1"}', {"content-type": "application/json"})

    server = Http2Server(answer)
    await server.start(server_context(Path(server_file), "h2"))
    print(server.origin, flush=True)
    await asyncio.Event().wait()


async def rate(send: Send) -> float:
    """Messages per CPU-second of this process."""
    left = iter(range(MESSAGES))

    async def some() -> None:
        for number in left:
            assert await send(number)

    assert await send(0)  # connected, and a token there
    began = time.process_time()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return MESSAGES / (time.process_time() - began)


def push_of(number: int) -> MobilePush:
    return MobilePush(
        delivery_id=f"{number:032x}", title=TITLE, body=BODY, url="shop://cart", ttl=3_600, collapse_id=f"c{number}"
    )


async def nothing() -> None:
    pass


async def ours(transport: Apns | Fcm, address: str) -> float:
    destination = SendAddress(address)

    async def send(number: int) -> bool:
        result = await transport.send(push_of(number), destination, 0, nothing)
        return result.state is SendState.SENT

    try:
        return await rate(send)
    finally:
        await transport.close()


async def by_aioapns(origin: str, key: str, context: Any) -> float:
    from aioapns import APNs, NotificationRequest

    client = APNs(key=key, key_id=KEY_ID, team_id=TEAM, topic=TOPIC, ssl_context=context, max_connections=1)
    client.pool.protocol_class.APNS_SERVER = "127.0.0.1"
    client.pool.protocol_class.APNS_PORT = int(origin.rpartition(":")[2])

    async def send(number: int) -> bool:
        message = {"aps": {"alert": {"title": TITLE, "body": BODY}}, "url": "shop://cart"}
        request = NotificationRequest("ab" * 32, message, time_to_live=3_600, collapse_key=f"c{number}")
        return bool((await client.send_notification(request)).is_successful)

    return await rate(send)


async def by_firebase(origin: str) -> float:
    import firebase_admin
    from firebase_admin import credentials, messaging
    from google.oauth2.credentials import Credentials

    class Known(credentials.Base):  # type: ignore[misc]
        def get_credential(self) -> Any:
            return Credentials("x")

    messaging._MessagingService.FCM_URL = origin + "/v1/projects/{0}/messages:send"
    app = firebase_admin.initialize_app(Known(), {"projectId": PROJECT}, name=f"bench {time.monotonic()}")

    def message(number: int) -> Any:
        shown = messaging.Notification(title=TITLE, body=BODY)
        android = messaging.AndroidConfig(ttl=3_600, collapse_key=f"c{number}")
        return messaging.Message(fid="cW9sdG9rZW4tLS0tLS0tLS", notification=shown, data={"url": "shop://cart"}, android=android)

    began = time.process_time()
    done = 0
    for start in range(0, MESSAGES // 4, 250):
        sent = await messaging.send_each_async([message(start + n) for n in range(250)], app=app)
        assert sent.failure_count == 0, next(each.exception for each in sent.responses if each.exception)
        done += len(sent.responses)
    return done / (time.process_time() - began)


def best_row(name: str, rival: str, bar: float, mine: Callable[[], float], theirs: Callable[[], float]) -> Row:
    """The best of ``ROUNDS`` of each, in turns."""
    best = rival_best = 0.0
    calibration = float("inf")
    for _ in range(ROUNDS):
        calibration = min(calibration, calibrate())
        best, rival_best = max(best, mine()), max(rival_best, theirs())
    ratio = round(best / rival_best, 2)
    return Row(
        name=name,
        value=round(best),
        unit="messages per CPU-second",
        bar=f">= {bar} x the rival",
        rival=rival,
        rival_value=round(rival_best),
        ratio=ratio,
        calibration=round(calibration, 5),
        ok=ratio >= bar,
    )


def main() -> list[Row]:
    import ssl

    with tempfile.TemporaryDirectory() as folder:
        trusted, server_file = make_authority(Path(folder))
        os.environ["SSL_CERT_FILE"] = str(trusted)
        context = ssl.create_default_context(cafile=trusted)
        context.set_alpn_protocols(["h2"])
        sink = subprocess.Popen([sys.executable, "-m", "bench.mobile_push", str(server_file)], stdout=subprocess.PIPE, text=True)
        try:
            assert sink.stdout is not None
            origin = sink.stdout.readline().strip()
            apple, google = FakeApns(), FakeFcm(make_key())
            apns = ApnsSettings(TEAM, KEY_ID, TOPIC, base_url=origin)
            fcm = FcmSettings(origin, f"{origin}/token")
            rows = [
                best_row(
                    "APNs: built, signed for, posted over HTTP/2 and TLS, answer read, one core",
                    "aioapns",
                    APNS_RATIO,
                    lambda: asyncio.run(ours(Apns(apns, ApnsSecrets(apple.p8()), HERE), "ab" * 32)),
                    lambda: asyncio.run(by_aioapns(origin, apple.p8(), context)),
                ),
                best_row(
                    "FCM: built, authorized, posted over HTTP/2 and TLS, answer read, one core",
                    "firebase-admin, send_each_async",
                    FCM_RATIO,
                    lambda: asyncio.run(ours(Fcm(fcm, FcmSecrets(google.service_account()), HERE), "cW9sdG9rZW4tLS0tLS0tLS")),
                    lambda: asyncio.run(by_firebase(origin)),
                ),
            ]
        finally:
            sink.kill()
            sink.wait()
    for row in rows:
        print(f"{row.name}: {row.value:,.0f} {row.unit}; {row.rival}: {row.rival_value:,.0f} ({row.ratio} x) ok={row.ok}")
    write("mobile_push", rows)
    return rows


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(serve(sys.argv[1]))
    else:
        main()
