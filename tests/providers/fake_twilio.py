"""A server that answers as Twilio's Messages API is documented to, and signs what it reports as Twilio does."""

from __future__ import annotations

import hmac
import json
import threading
import urllib.error
import urllib.request
from base64 import b64decode, b64encode
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

from typing_extensions import override

ACCOUNT = "AC0000000000000000000000000000fake"
TOKEN = "fake-auth-token"


class FakeTwilio:
    """One account. ``texts`` are the messages it took; numbers in ``refusals`` are answered with an error code instead."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.refusals: dict[str, int] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = {
                    name: value
                    for name, (value,) in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
                }
                given = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
                status, answer = fake.take(self.path, given, form)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: Any) -> None:
                """Nothing: the test reads what came."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def take(self, path: str, given: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if given != f"{ACCOUNT}:{TOKEN}":
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        if path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return 404, {"code": 20404, "message": "The requested resource was not found", "status": 404}
        code = self.refusals.get(form["To"])
        if code:
            return 400, {"code": code, "message": "Refused", "status": 400}
        self.texts.append({**form, "sid": f"SM{len(self.texts) + 1:032d}"})
        return 201, {"sid": self.texts[-1]["sid"], "status": "queued", "error_code": None, "num_segments": "1"}

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
    """As Twilio documents it: the address, then each name and value in order of the names."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def report(url: str, form: dict[str, str], signed: str | None = None) -> tuple[int, str]:
    """Post to a callback address, signed as Twilio would, or with this signature; returns status and body."""
    headers = {"X-Twilio-Signature": signature(url, form) if signed is None else signed}
    request = urllib.request.Request(url, urlencode(form).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
