"""What a message costs whole: ``python -m bench.whole``.

From rows that wait to derived events that have settled: claimed, decided with five caps, rendered, carried to a sink over the
loopback, recorded, and the tick that takes what was recorded. CPU-seconds are those of this process, in which the dispatcher and
the tick run; the sink is another. SQLite in a file, whose work counts as ours. Beside it, in the same run, what programs usually
use, which neither claims nor decides nor records.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyroaring import BitMap64

from bench.delivery import CAPS, cap_of
from bench.row import Row, calibrate, write
from bench.sinks import running
from relance.accounts.service import Accounts
from relance.channels.email.service import Mailer
from relance.channels.email.transport import EmailTransport
from relance.channels.registry import Channel
from relance.channels.transport import Transport
from relance.channels.web_push.encryption import public_point
from relance.channels.web_push.service import WebPush
from relance.channels.web_push.transport import PushTransport
from relance.channels.web_push.vapid import to_base64url
from relance.infra.database import LOG, STATE, open_engine, reading, writing
from relance.journeys.service import held_runs
from relance.messaging import service as messaging
from relance.messaging.service import Dispatcher, Preparation
from relance.restraint.service import Caps
from tests.conftest import declare_tables
from tests.providers.certificates import make_authority
from tests.service.pipeline.rig import START, Rig

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "4000"))  # the bars speak of 100,000
RIVALS = 1_000  # messages of a rival
THREADS = 16
MAIL_BAR, MAIL_RATIO = 2_000, 5.0
PUSH_BAR, PUSH_RATIO = 3_000, 3.0
SENDER = "Boutique <shop@example.com>"
HTML = (
    "<!doctype html><html><body><h1>Hello {{ user.first_name }}</h1>"
    + "".join(
        f'<p style="margin:0 0 16px;font:16px/1.5 Arial,sans-serif;color:#333">{"Two things are still in your cart. " * 22}'
        f'<a href="https://shop.example/p/{number}?size={{{{ user.size }}}}">See it in {{{{ user.city }}}}</a></p>'
        for number in range(11)
    )
    + "</body></html>"
)
TEXT = "Hello {{ user.first_name }}, " + "two things are still in your cart. " * 20
PUSH = {
    "title": "{{ user.first_name }}, your cart is waiting",
    "body": "Two things are still in it, size {{ user.size }}. Shall we keep them for you in {{ user.city }}?",
    "url": "https://shop.example/cart",
}


class Phones:
    """Subscriptions of browsers at one push service."""

    def __init__(self, origin: str) -> None:
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(200)]
        self._keys = [(to_base64url(public_point(key.public_key())), to_base64url(os.urandom(16))) for key in keys]
        self._origin = origin

    def of(self, number: int) -> dict[str, Any]:
        point, auth = self._keys[number % len(self._keys)]
        return {"endpoint": f"{self._origin}/push/{number:032x}", "keys": {"p256dh": point, "auth": auth}}


def traits(number: int) -> dict[str, Any]:
    return {"first_name": f"Ada{number}", "size": "M", "city": "Paris", "timezone": "Europe/Paris"}


def people_of(rig: Rig, phones: Phones) -> None:
    for first in range(0, PEOPLE, 1_000):
        rig.write(
            *(
                rig.identify(
                    f"u{number}",
                    0,
                    context={"device": {"push": phones.of(number)}},
                    email=f"p{number}@example.org",
                    consent={"email": True},
                    **traits(number),
                )
                for number in range(first, min(first + 1_000, PEOPLE))
            )
        )
        rig.settle(1)


def whole(channel: str, content: dict[str, Any], phones: Phones, open_transport: Callable[[], tuple[Transport, Any]]) -> float:
    """Messages per CPU-second."""
    folder = Path(tempfile.mkdtemp(prefix="relance-bench-"))
    state, log = open_engine(f"sqlite:///{folder}/state.db"), open_engine(f"sqlite:///{folder}/log.db")
    STATE.create_all(state)
    LOG.create_all(log)
    rig = Rig(folder / "data", state, log)
    try:
        people_of(rig, phones)
        for each in CAPS:
            Caps(state).create(rig.app, cap_of({**each, "channels": [channel]} if each.get("channels") else each), START)
        message = rig.messages.create(rig.app, "Cart", channel, content, START, topic="offers")
        with writing(state) as connection:
            messaging.enqueue(connection, message, BitMap64(range(1, PEOPLE + 1)), START)
        began = time.process_time()
        uvloop.run(send_all(rig, channel, open_transport))
        rig.settle(2)
        spent = time.process_time() - began
        with reading(state) as connection:
            sent = connection.exec_driver_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'").scalar_one()

        assert sent == PEOPLE, f"{sent} of {PEOPLE} were sent: {rig.deliveries.page(rig.app)[:1]}"
        return float(PEOPLE / spent)
    finally:
        rig.close()
        state.dispose()
        log.dispose()
        shutil.rmtree(folder, ignore_errors=True)


async def send_all(rig: Rig, channel: str, open_transport: Callable[[], tuple[Transport, Any]]) -> None:
    transport, opened = open_transport()
    kind = Channel(channel)
    preparation = Preparation(Accounts(rig.state).app, held_runs, [kind], "https://r.example", b"s" * 32, SENDER)
    dispatcher = Dispatcher(rig.state, rig.log, rig.clock, {kind: transport}, preparation, lambda: None)
    await dispatcher.run_due(rig.clock.now())
    await opened.close()


async def mails_of_rival(port: int) -> float:
    """``EmailMessage`` and ``aiosmtplib``, as many connections as ours."""
    import aiosmtplib

    began, left = time.process_time(), iter(range(RIVALS))

    async def some() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for number in left:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = SENDER, f"p{number}@example.org", f"Ada{number}, your cart is waiting"
            mail["List-Unsubscribe"] = f"<https://r.example/t/u/{number}>"
            mail.set_content(filled(TEXT, number))
            mail.add_alternative(filled(HTML, number).replace("https://shop.example", "https://r.example/t/c"), subtype="html")
            await client.send_message(mail)
        await client.quit()

    await asyncio.gather(*(some() for _ in range(8)))
    return RIVALS / (time.process_time() - began)


def filled(source: str, number: int) -> str:
    for name, value in traits(number).items():
        source = source.replace(f"{{{{ user.{name} }}}}", value)
    return source


def pushes_of_rival(phones: Phones, trusted: str) -> float:
    """``pywebpush`` in threads, each with a session whose connections are kept."""
    import requests
    from pywebpush import webpush

    key = ec.generate_private_key(ec.SECP256R1())
    pem = to_base64url(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    own = threading.local()

    def send(number: int) -> None:
        if not hasattr(own, "session"):
            own.session = requests.Session()
            own.session.verify = trusted
        body = msgspec.json.encode({name: filled(text, number) for name, text in PUSH.items()})
        claims = {"sub": "mailto:a@example.com"}
        webpush(phones.of(number), body, vapid_private_key=pem, vapid_claims=claims, ttl=60, requests_session=own.session)

    began = time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, range(RIVALS)))
    return RIVALS / (time.process_time() - began)


def row_of(name: str, bar: int, ratio: float, rival: str, ours: float, theirs: float, calibration: float) -> Row:
    return Row(
        name=name,
        value=round(ours),
        unit="messages per CPU-second",
        bar=f">= {bar}, and >= {ratio} x the rival",
        rival=rival,
        rival_value=round(theirs),
        ratio=round(ours / theirs, 2) if theirs else None,
        calibration=round(calibration, 5),
        ok=ours >= bar and bool(theirs) and ours >= ratio * theirs,
        note=f"{PEOPLE:,} people; SQLite",
    )


def mail_row() -> Row:
    calibration, phones = calibrate(), Phones("https://push.example")
    with running("smtp") as port:

        def opened() -> tuple[Transport, Any]:
            mailer = Mailer("127.0.0.1", port, security="none")
            return EmailTransport(mailer), mailer

        content = {"subject": "{{ user.first_name }}, your cart is waiting", "html": HTML, "text": TEXT}
        ours = whole("email", content, phones, opened)
        theirs = uvloop.run(mails_of_rival(port))
    name = f"e-mail whole, {len(HTML) / 1000:.0f} KB personalised, 11 links rewritten, decided with 5 caps, tick included"
    return row_of(name, MAIL_BAR, MAIL_RATIO, "EmailMessage and aiosmtplib", ours, theirs, calibration)


def push_row() -> Row:
    calibration = calibrate()
    trusted, certificate = os.environ["SSL_CERT_FILE"], os.environ["BENCH_CERTIFICATE"]
    with tempfile.TemporaryDirectory() as folder, running("push", certificate) as port:
        origin = f"https://127.0.0.1:{port}"
        phones = Phones(origin)

        def opened() -> tuple[Transport, Any]:
            push = WebPush("mailto:a@example.com", Path(folder) / "vapid.pem", trusted_prefixes=[f"{origin}/"])
            return PushTransport(push), push

        ours = whole("web_push", PUSH, phones, opened)
        theirs = pushes_of_rival(phones, trusted)
    name = "web push whole, 3 variables, encrypted, TLS on kept connections, decided with 5 caps, tick included"
    return row_of(name, PUSH_BAR, PUSH_RATIO, f"pywebpush in {THREADS} threads, a session each", ours, theirs, calibration)


def main() -> int:
    if "BENCH_CERTIFICATE" not in os.environ:  # aiohttp reads whom it trusts when it is imported
        with tempfile.TemporaryDirectory() as folder:
            trusted, certificate = make_authority(Path(folder))
            own = {"SSL_CERT_FILE": str(trusted), "REQUESTS_CA_BUNDLE": str(trusted), "BENCH_CERTIFICATE": str(certificate)}
            return subprocess.run(
                [sys.executable, "-m", "bench.whole", *sys.argv[1:]], env={**os.environ, **own}, check=False
            ).returncode
    declare_tables()
    wanted = sys.argv[1:] or ["email", "push"]
    rows = [{"email": mail_row, "push": push_row}[each]() for each in wanted]
    for row in rows:
        beside = f"{row.rival}: {row.rival_value:,} ({row.ratio} x)"
        print(f"{'ok  ' if row.ok else 'MISS'} {row.name}: {row.value:,} (bar {row.bar}); {beside}")
    print(write("whole", rows))
    return sum(not row.ok for row in rows)


if __name__ == "__main__":
    sys.exit(main())
