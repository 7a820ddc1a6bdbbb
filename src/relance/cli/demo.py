"""``relance demo``: a server on a folder of its own, the story played on it, the report, and then the dashboard."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from rich.console import Console

from relance.cli.folder import read_secret
from relance.cli.target import check_target, write_text
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.demo.cast import SHOWN
from relance.demo.errors import StoryError
from relance.demo.narrator import Narrator
from relance.demo.play import Played, play
from relance.demo.site import Site
from relance.web.api.session import setup_token

EMAIL, PASSWORD = "demo@example.com", "relance-demo"
AUTHORITY = "inbox/tls/authority.pem"  # vouches for the sandbox's phones
_START_WITHIN = 180.0  # on a busy machine; a second otherwise


def demo(
    *,
    once: bool = False,
    report: Path | None = None,
    seed: int = 7,
    speed: float = 0.0,
    visitors: int = 150,
    data: str = "demo-data",
    port: int = 8400,
) -> None:
    """Play the demo: real purchases, a seeded shop, people who react; then stay up with the dashboard.

    Parameters
    ----------
    once
        End when the story is over; the exit code says whether every claim came out.
    report
        Write the report there, as JSON.
    seed
        One seed, one story.
    speed
        Story seconds per real second; 0 plays as fast as the work settles.
    visitors
        How many people visit the shop, besides the eight whose stories are written.
    data
        Folder for the demo's data; emptied at the start.
    port
        Port to listen on.
    """
    sys.exit(run_demo(once=once, report=report, seed=seed, speed=speed, visitors=visitors, data=data, port=port))


def run_demo(*, once: bool, report: Path | None, seed: int, speed: float, visitors: int, data: str, port: int) -> int:
    """Play the story. Returns the exit code: 0 if every claim came out."""
    console = Console(stderr=True)
    folder = Path(data)
    if report is not None:
        check_target(report)
    signal.signal(signal.SIGTERM, _end)  # by default it would end without notifying the server, which would keep running
    shutil.rmtree(folder, ignore_errors=True)
    with _server(folder, port) as (url, process):
        _print_sign_in(console, url)
        try:
            token = setup_token(read_secret(folder))
            played = play(
                Site(url),
                Narrator(console),
                seed=seed,
                speed=speed,
                visitors=visitors,
                email=EMAIL,
                password=PASSWORD,
                token=token,
            )
        except (RelanceError, OSError) as error:
            console.print(f"[red]The story could not be told:[/red] {error}")
            console.print(f"The server's own words are in {folder / 'server.log'}.")
            return 1
        if report is not None:
            write_text(report, _pretty(played.report))
        _print_outcome(console, played, url)
        if not once:
            _stay(console, url, process)
    return 0 if played.came_out else 1


def _end(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


@contextmanager
def _server(folder: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``relance serve`` with a story's clock, standing at today's noon UTC."""
    folder.mkdir(parents=True)
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    settings = {
        "data": folder,
        "port": port,
        "clock": "story",
        "story_start": int(noon.timestamp() * 1000),
        "tick_pause_ms": 0,
        "sandbox_smtp_port": 0,
        "webhook_private": "true",  # the sandbox's phones and webhooks are on this machine
        "provider_authority": (folder / AUTHORITY).absolute(),
        "log_level": "warning",
    }
    environment = {**os.environ, **{f"RELANCE_{name.upper()}": str(value) for name, value in settings.items()}}
    with (folder / "server.log").open("ab") as words:
        command = [sys.executable, "-m", "relance", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=words, stderr=words)  # noqa: S603 - our own program
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, folder)
        yield url, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    site, began = Site(url), time.monotonic()
    while time.monotonic() - began < _START_WITHIN:
        if process.poll() is not None:
            break
        try:
            if site.call("GET", "/health")["status"] == "ok":
                return
        except (StoryError, OSError):
            time.sleep(0.05)
    raise StoryError(ErrorText.local(f"The server did not start; its words are in {folder / 'server.log'}."))


def _pretty(report: dict[str, Any]) -> str:
    return msgspec.json.format(to_json(report), indent=2) + "\n"


def _print_outcome(console: Console, played: Played, url: str) -> None:
    for claim, true in played.report["claims"].items():
        console.print(f"  {'[green]✓[/green]' if true else '[red]✗[/red]'} {claim.replace('_', ' ')}")
    if not played.came_out:
        console.print("[red]The story did not come out as it must.[/red]")
    console.print("\nWho to look at, and for what:")
    for key, path in played.pages.items():
        console.print(f"  [bold]{key.capitalize():5}[/bold] {SHOWN[key]}\n        {url}{path}", soft_wrap=True)
    clock = f"{datetime.fromtimestamp(played.now / 1000, UTC):%d %B, %H:%M} UTC"
    console.print(f"\nThe demo has a clock of its own, which stands at {clock}; some carts have just been left.", soft_wrap=True)
    _print_sign_in(console, url)


def _print_sign_in(console: Console, url: str) -> None:
    console.print(f"Dashboard: [bold]{url}[/bold]   sign in with {EMAIL} / {PASSWORD}", soft_wrap=True)


def _stay(console: Console, url: str, process: subprocess.Popen[bytes]) -> None:
    """Let the clock go on at real speed and wait for Ctrl-C."""
    Site(url).run_free()
    console.print("It stays up; Ctrl-C ends it.")
    try:
        process.wait()
    except KeyboardInterrupt:
        console.print("Ending.")
