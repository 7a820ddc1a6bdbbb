"""Posts over HTTP/2, and what they come to where the other side misbehaves."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from relance.channels.http2 import ANSWER_LIMIT, Http2Client, PostError
from tests.providers.certificates import make_authority, server_context
from tests.providers.conftest import StartServer
from tests.providers.http2_server import Http2Server, Misbehaviour, Reply, Request


def answering(*replies: Reply | Misbehaviour):  # type: ignore[no-untyped-def]
    """Gives these one after the other, the last one for ever."""
    left = list(replies)

    async def answer(_request: Request) -> Reply | Misbehaviour:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


async def post(server: Http2Server, client: Http2Client, path: str = "/x") -> tuple[int, bytes]:
    answer = await client.post(server.origin + path, ["content-type: application/json"], b"{}")
    return answer.status, answer.body


async def test_many_posts_share_a_connection(start_server: StartServer) -> None:
    async def echo(request: Request) -> Reply:
        await asyncio.sleep(0.01)
        return Reply(200, request.path.encode() + request.body)

    server = await start_server(echo)
    client = Http2Client(private=True)
    answers = await asyncio.gather(*(post(server, client, f"/{n}") for n in range(80)))
    await client.close()
    assert answers == [(200, f"/{n}{{}}".encode()) for n in range(80)]
    assert server.connections == 1
    assert server.requests[0].headers["content-type"] == "application/json"


async def test_a_wait_that_the_other_side_names_is_read(start_server: StartServer) -> None:
    server = await start_server(answering(Reply(429, headers={"retry-after": "7"}), Reply(503, headers={"retry-after": "soon"})))
    client = Http2Client(private=True)
    waits = [(await client.post(server.origin, [], b"")).retry_after for _ in range(2)]
    await client.close()
    assert waits == [7_000, 0]


async def test_a_redirection_is_not_followed(start_server: StartServer) -> None:
    server = await start_server(answering(Reply(307, headers={"location": "/elsewhere"})))
    client = Http2Client(private=True)
    assert (await post(server, client))[0] == 307
    await client.close()
    assert len(server.requests) == 1


async def test_of_a_long_answer_the_beginning_is_read(start_server: StartServer) -> None:
    server = await start_server(answering(Reply(500, b"x" * (ANSWER_LIMIT + 1_000)), Reply(200, b"fine")))
    client = Http2Client(private=True)
    assert await post(server, client) == (500, b"x" * ANSWER_LIMIT)
    assert await post(server, client) == (200, b"fine")
    await client.close()


@pytest.mark.parametrize("misbehaviour", [Misbehaviour.STREAM_RESET, Misbehaviour.GARBAGE, Misbehaviour.RESET])
async def test_what_breaks_after_the_request_left_may_have_been_acted_upon(
    start_server: StartServer, misbehaviour: Misbehaviour
) -> None:
    server = await start_server(answering(misbehaviour))
    client = Http2Client(private=True, timeout=5_000)
    with pytest.raises(PostError) as caught:
        await post(server, client)
    await client.close()
    assert caught.value.is_handed_over


@pytest.mark.parametrize("misbehaviour", [Misbehaviour.SILENCE, Misbehaviour.HALF])
async def test_a_silent_server_is_left_and_the_next_post_has_a_connection_of_its_own(
    start_server: StartServer, misbehaviour: Misbehaviour
) -> None:
    server = await start_server(answering(misbehaviour, Reply(200)))
    client = Http2Client(private=True, timeout=300)
    with pytest.raises(PostError) as caught:
        await post(server, client)
    assert caught.value.is_handed_over
    assert (await post(server, client))[0] == 200
    await client.close()
    assert [each.connection for each in server.requests] == [1, 2]


async def test_goaway_after_an_answer_moves_to_another_connection(start_server: StartServer) -> None:
    server = await start_server(answering(Reply(200, leave=True), Reply(200)))
    client = Http2Client(private=True)
    assert [(await post(server, client))[0] for _ in range(2)] == [200, 200]
    await client.close()
    assert [each.connection for each in server.requests] == [1, 2]


async def test_a_request_that_goaway_left_out_is_sent_again_elsewhere(start_server: StartServer) -> None:
    server = await start_server(answering(Reply(200), Misbehaviour.LEAVE, Reply(200)))
    client = Http2Client(private=True, timeout=5_000)
    assert [(await post(server, client))[0] for _ in range(2)] == [200, 200]
    await client.close()
    assert [each.connection for each in server.requests] == [1, 1, 2]


async def test_a_host_that_takes_connections_and_says_nothing_leaves_nothing_in_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = Http2Client(private=True, timeout=300)
        with pytest.raises(PostError) as caught:
            await client.post(f"https://127.0.0.1:{mute.getsockname()[1]}/", [], b"")
        await client.close()
    assert not caught.value.is_handed_over


async def test_nobody_there_leaves_nothing_in_doubt() -> None:
    client = Http2Client(private=True)
    with pytest.raises(PostError) as caught:
        await client.post("https://127.0.0.1:1/", [], b"")
    await client.close()
    assert not caught.value.is_handed_over


@pytest.mark.parametrize("url", ["https://127.0.0.1:9/", "https://localhost:9/", "https://169.254.169.254/", "https://[::1]:9/"])
async def test_what_leads_inside_is_not_connected_to(url: str) -> None:
    client = Http2Client()
    with pytest.raises(PostError, match="no public address") as caught:
        await client.post(url, [], b"")
    await client.close()
    assert not caught.value.is_handed_over


async def test_an_unknown_authority_and_a_wrong_name_are_refused(start_server: StartServer, tmp_path: Path) -> None:
    server = Http2Server(answering(Reply(200)))
    await server.start(server_context(make_authority(tmp_path)[1], "h2"))
    known = await start_server(answering(Reply(200)))
    client = Http2Client(private=True)
    for url in (server.origin, known.origin.replace("127.0.0.1", "127.0.0.2")):
        with pytest.raises(PostError) as caught:
            await client.post(url, [], b"")
        assert not caught.value.is_handed_over
    await client.close()
    await server.stop()
    assert server.requests == known.requests == []


@pytest.mark.parametrize("header", ["a: b\r\nevil: 1", "a: b\x00", "a: b\n"])
async def test_no_header_breaks_out(header: str) -> None:
    client = Http2Client()
    with pytest.raises(ValueError, match="control character"):
        await client.post("https://push.example/", [header], b"")


async def test_plain_http_is_refused() -> None:
    client = Http2Client(private=True)
    with pytest.raises(PostError):
        await client.post("http://127.0.0.1:1/", [], b"")
    await client.close()


async def test_what_is_under_way_ends_with_the_client(start_server: StartServer) -> None:
    server = await start_server(answering(Misbehaviour.SILENCE))
    client = Http2Client(private=True)
    sending = [asyncio.ensure_future(post(server, client)) for _ in range(3)]
    while len(server.requests) < 3:
        await asyncio.sleep(0.01)
    await client.close()
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*sending, return_exceptions=True))


async def test_a_post_that_is_cancelled_leaves_the_others(start_server: StartServer) -> None:
    released = asyncio.Event()

    async def wait(_request: Request) -> Reply:
        await released.wait()
        return Reply(200)

    server = await start_server(wait)
    client = Http2Client(private=True)
    one, other = (asyncio.ensure_future(post(server, client)) for _ in range(2))
    while len(server.requests) < 2:
        await asyncio.sleep(0.01)
    one.cancel()
    released.set()
    assert (await other)[0] == 200
    await client.close()


@pytest.mark.slow
def test_a_process_that_ends_in_the_middle_of_posts_ends_quietly() -> None:
    """However it ends: with requests under way, the client open or closed."""
    program = """
        import asyncio
        from relance.channels.http2 import Http2Client, PostError

        async def main() -> None:
            client = Http2Client(private=True)
            sending = [asyncio.ensure_future(client.post("https://localhost:1/", [], b"")) for _ in range(20)]
            await asyncio.sleep({wait})
            {end}

        asyncio.run(main())
    """
    for wait, end in [("0", "pass"), ("0.01", "pass"), ("0.01", "await client.close()"), ("0", "raise SystemExit(0)")] * 3:
        text = textwrap.dedent(program).format(wait=wait, end=end)
        done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", text], capture_output=True, timeout=60, check=False)
        assert (done.returncode, b"Fatal" in done.stderr) == (0, False), done.stderr.decode()
