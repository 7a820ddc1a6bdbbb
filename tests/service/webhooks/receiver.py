"""Another system that takes webhooks, over real HTTP, and checks their signatures as the specification says."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web


class Receiver:
    """``answers`` are the statuses of the next requests, then 204."""

    def __init__(self) -> None:
        self.secret = ""
        self.answers: list[int] = []
        self.taken: list[dict[str, Any]] = []  # bodies that were answered with 2xx
        self.ids: list[str] = []  # of every request
        self.url = ""

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        number, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        key = b64decode(self.secret.removeprefix("whsec_"))
        expected = b64encode(hmac.new(key, f"{number}.{stamp}.".encode() + body, sha256).digest()).decode()
        if request.headers["webhook-signature"] != f"v1,{expected}":
            return web.Response(status=401, text="wrong signature")
        self.ids.append(number)
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.taken.append(msgspec.json.decode(body))
        return web.Response(status=status, text="" if status == 204 else "said so", headers={"Location": "/elsewhere"})

    @property
    def changes(self) -> list[tuple[str, int, str]]:
        """(entered or left, segment, user id) of all that was taken."""
        reported = [change for body in self.taken if body["type"] == "segment.changes" for change in body["data"]["changes"]]
        return [(each["type"], each["segment"]["id"], each["person"]["user_id"]) for each in reported]

    @property
    def listed(self) -> set[tuple[int, int]]:
        """(segment, person) of all members, by what was taken: as the how-to says that one should keep a list."""
        found: set[tuple[int, int]] = set()
        for change in (change for body in self.taken for change in body["data"]["changes"]):
            key = change["segment"]["id"], change["former_id"] or change["person"]["id"]
            (found.add if change["type"] == "entered" else found.remove)(key)
        return found

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/in", self._post)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/in"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()
