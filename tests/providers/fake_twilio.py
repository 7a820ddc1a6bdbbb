"""The sandbox's receiver that speaks as Twilio's Messages API, over plain HTTP for whole programs in tests."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from typing_extensions import override

from relance.channels.sandbox.http_server import ReceivedRequest
from relance.channels.sandbox.twilio import TwilioAccount, TwilioReceiver
from relance.channels.sandbox.twilio import signature as signature_of

ACCOUNT = "AC0000000000000000000000000000fake"
TOKEN = "fake-auth-token"


class FakeTwilio:
    """One account. ``texts`` are the messages it took; numbers in ``refusals`` are answered with an error code instead."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.refusals: dict[str, int] = {}
        self.receiver = TwilioReceiver(
            TwilioAccount(ACCOUNT, TOKEN), lambda number: self.refusals.get(number, 0), self.texts.append
        )
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = fake.receiver.reply(ReceivedRequest(1, self.path, headers, body))
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            @override
            def log_message(self, *_: Any) -> None:
                """Nothing: the test reads what came."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def provider(self, **settings: str) -> dict[str, Any]:
        """What an app is told of this account."""
        return {
            "type": "twilio",
            "name": "Fake",
            "settings": {"account_sid": ACCOUNT, "sender": "+33700000000", "base_url": self.url, **settings},
            "secrets": {"auth_token": TOKEN},
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def signature(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """Of a request from this account."""
    return signature_of(url, form, token)


def report(url: str, form: dict[str, str], signed: str | None = None) -> tuple[int, str]:
    """Post to a callback address, signed as Twilio would, or with this signature; returns status and body."""
    headers = {"X-Twilio-Signature": signature(url, form) if signed is None else signed}
    request = urllib.request.Request(url, urlencode(form).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
