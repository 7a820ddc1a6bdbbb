"""Files that mails name: fetched once, within limits, from where they may be, and nobody waits for somebody else's."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest
from aiohttp import web
from typing_extensions import override
from yarl import URL

from relance.channels.email import attachments as limits
from relance.channels.email.attachments import Attachments
from relance.channels.email.files import FILE_BYTES, MAIL_BYTES
from relance.channels.email.mime import build
from relance.channels.email.model import Email, WantedFile
from relance.channels.fetching import GuardedFetcher
from relance.channels.model import SendResult, SendState

PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 500


class Host:
    """A web server that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.origin = ""
        self.may_go_on = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        path = request.path
        if path.startswith("/slow"):
            await self.may_go_on.wait()
        if path.startswith("/to/"):
            raise web.HTTPFound(request.query["where"])
        if path == "/around":
            raise web.HTTPFound("/around")
        if path == "/drip":
            answer = web.StreamResponse(headers={"Content-Type": "application/pdf"})
            await answer.prepare(request)
            while True:
                await answer.write(b"x")
                await asyncio.sleep(0.05)
        if path == "/endless":
            answer = web.StreamResponse(headers={"Content-Type": "application/pdf"})
            await answer.prepare(request)
            while True:
                await answer.write(b"x" * 65_536)
        if path == "/packed":
            return web.Response(body=b"x", headers={"Content-Type": "application/pdf", "Content-Encoding": "gzip"})
        if path.startswith("/status/"):
            return web.Response(status=int(path.rpartition("/")[2]))
        kind = {"png": "image/png", "html": "text/html", "exe": "application/x-msdownload", "bin": "application/octet-stream"}
        size = int(request.query.get("size", 500))
        body = PICTURE if path.endswith(".png") else b"x" * size
        return web.Response(body=body, content_type=kind.get(path.rpartition(".")[2], "application/pdf"))


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    found = Host()
    app = web.Application()
    app.router.add_get("/{anything:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    found.may_go_on.set()
    await runner.cleanup()


@pytest.fixture
async def attachments() -> AsyncIterator[Attachments]:
    found = Attachments(GuardedFetcher(private=True, seconds=1.0))
    yield found
    await found.close()


def mail(*wanted: WantedFile) -> Email:
    return Email(sender="a@example.com", to="b@example.com", subject="s", message_id="m", html="<p>x", text="x", wanted=wanted)


async def completed(attachments: Attachments, *urls: str, app: int = 1, cid: str = "") -> Email | SendResult:
    async with attachments.complete(mail(*(WantedFile(url, cid=cid) for url in urls)), app) as found:
        assert isinstance(found, Email | SendResult)
        return found


async def failure(attachments: Attachments, url: str, cid: str = "") -> SendResult:
    found = await completed(attachments, url, cid=cid)
    assert isinstance(found, SendResult)
    return found


async def test_files_and_pictures_go_along_as_they_are(host: Host, attachments: Attachments) -> None:
    wanted = (WantedFile(f"{host.origin}/logo.png", cid="logo"), WantedFile(f"{host.origin}/a/bill%20no%201.pdf?key=secret"))
    async with attachments.complete(mail(*wanted), 1) as found:
        assert isinstance(found, Email)
        message = message_from_bytes(build(found, 0).data, policy=policy.default)
    assert message.get_content_type() == "multipart/mixed"
    [bill] = message.iter_attachments()
    assert (bill.get_filename(), bill.get_content_type(), bill.get_content()) == ("bill no 1.pdf", "application/pdf", b"x" * 500)
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == ("<logo>", PICTURE)
    page = message.get_body(("html",))
    assert page is not None
    assert page.get_content().strip() == "<p>x"


async def test_a_file_is_fetched_once_for_all_mails_of_an_app(host: Host, attachments: Attachments) -> None:
    url = f"{host.origin}/a.pdf"
    await asyncio.gather(*(completed(attachments, url) for _ in range(limits.WAITING_OF_APP)))
    await completed(attachments, url)
    assert host.asked["/a.pdf"] == 1
    await completed(attachments, url, app=2)  # another app might have been shown another file
    assert host.asked["/a.pdf"] == 2


async def test_a_file_that_its_owner_replaced_is_fetched_anew(
    host: Host, attachments: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEPT", 0.0)
    for _ in range(2):
        assert isinstance(await completed(attachments, f"{host.origin}/a.pdf"), Email)
    assert host.asked["/a.pdf"] == 2


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("/status/404", SendState.FAILED, "its server answers 404"),
        ("/status/503", SendState.RETRY, "its server answers 503"),
        ("/status/204", SendState.FAILED, "its server answers 204"),
        ("/a.html", SendState.FAILED, "of no kind that may be attached (text/html)"),
        ("/a.exe", SendState.FAILED, "of no kind that may be attached"),
        ("/a.bin", SendState.FAILED, "of no kind that may be attached"),
        (f"/a.pdf?size={FILE_BYTES + 1}", SendState.FAILED, "larger than"),
        ("/a.pdf?size=0", SendState.FAILED, "it is empty"),
        ("/endless", SendState.FAILED, "larger than"),
        ("/drip", SendState.RETRY, "no whole file within 1 seconds"),
        ("/packed", SendState.FAILED, "packs it"),
        ("/around", SendState.FAILED, "redirected more than"),
        ("/to/?where=file:///etc/passwd", SendState.FAILED, "names no host"),
        ("/to/?where=ftp://127.0.0.1/", SendState.FAILED, "cannot be fetched from"),
        ("/to/?where=http://a:b@127.0.0.1/", SendState.FAILED, "cannot be fetched from"),
    ],
)
async def test_what_cannot_go_along_is_told(host: Host, attachments: Attachments, path: str, state: SendState, said: str) -> None:
    found = await failure(attachments, f"{host.origin}{path}")
    assert (found.state, found.uncertain) == (state, False)
    assert said in found.detail
    assert found.detail.startswith(f"The attachment {host.origin}{path.partition('?')[0]}")


async def test_what_an_address_asks_for_is_in_no_detail(host: Host, attachments: Attachments) -> None:
    assert "secret" not in (await failure(attachments, f"{host.origin}/status/404?key=secret")).detail
    assert "secret" not in (await failure(attachments, "http://127.0.0.1:1/a.pdf?key=secret")).detail


async def test_a_redirection_is_followed_and_checked_at_each_step(host: Host, attachments: Attachments) -> None:
    assert isinstance(await completed(attachments, f"{host.origin}/to/?where=/a.pdf"), Email)
    asked: list[str] = []

    class Redirecting(GuardedFetcher):
        @override
        async def _asked(self, url: URL, most: int) -> str:
            asked.append(f"{url} {most}")
            return "https://169.254.169.254/latest/meta-data"

    guarded = Attachments(Redirecting(private=False))
    found = await failure(guarded, "https://files.example/a.pdf")
    assert (found.state, asked) == (SendState.FAILED, [f"https://files.example/a.pdf {FILE_BYTES}"])
    assert "must be public" in found.detail
    await guarded.close()


async def test_a_picture_in_the_text_is_one(host: Host, attachments: Attachments) -> None:
    assert "no picture" in (await failure(attachments, f"{host.origin}/a.pdf", cid="logo")).detail


async def test_all_files_of_a_mail_together_have_a_limit(host: Host, attachments: Attachments) -> None:
    some = [f"{host.origin}/{name}.pdf?size={MAIL_BYTES // 2}" for name in "abc"]
    assert isinstance(await completed(attachments, *some[:2]), Email)
    found = await completed(attachments, *some)
    assert isinstance(found, SendResult)
    assert (found.state, "together" in found.detail) == (SendState.FAILED, True)


async def test_a_host_that_does_not_answer_keeps_few_mails_waiting(host: Host, attachments: Attachments) -> None:
    many = [asyncio.create_task(completed(attachments, f"{host.origin}/slow/{n}.pdf")) for n in range(30)]
    await asyncio.sleep(0.1)
    put_back = [task.result() for task in many if task.done()]
    assert len(put_back) == 30 - limits.WAITING_OF_APP
    assert {each.state for each in put_back if isinstance(each, SendResult)} == {SendState.HELD}
    began = time.monotonic()
    assert isinstance(await completed(attachments, f"{host.origin}/a.pdf", app=2), Email)
    assert time.monotonic() - began < 0.5
    host.may_go_on.set()
    await asyncio.gather(*many)
    assert isinstance(await completed(attachments, f"{host.origin}/slow/0.pdf"), Email)


async def test_what_is_in_memory_is_bounded_and_held_as_long_as_it_is_used(host: Host) -> None:
    attachments = Attachments(GuardedFetcher(private=True), room=50_000)
    one, other = (mail(WantedFile(f"{host.origin}/{name}.pdf?size=30000")) for name in "ab")
    async with attachments.complete(one, 1) as held:
        assert isinstance(held, Email)
        async with attachments.complete(other, 1) as put_back:
            assert put_back.state is SendState.HELD
        assert b64decode(held.files[0].body) == b"x" * 30_000
    async with attachments.complete(other, 1) as found:
        assert isinstance(found, Email)
    assert attachments._size <= 50_000
    await attachments.close()


async def test_a_mail_without_files_is_left_as_it_is(attachments: Attachments) -> None:
    plain = mail()
    async with attachments.complete(plain, 1) as found:
        assert found is plain
