"""``relance doctor``: checks the installation, and reports in sentences."""

from __future__ import annotations

import os
import shutil
import smtplib
import sqlite3
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from rich.console import Console

from relance.accounts.service import Accounts
from relance.cli.given import Config
from relance.core.configuration import Settings, read_settings
from relance.core.encoding import from_json
from relance.core.hosts import hosts_of
from relance.infra.database import open_engine, reading
from relance.infra.revisions import current, head
from relance.infra.room import full_sentence, says_full

_LEAST_PYTHON = (3, 11)
_LEAST_FREE = 1_000_000_000  # bytes
_SLOW_SYNC = 0.05  # seconds
_TIMEOUT = 3.0


class Finding(NamedTuple):
    """One result. ``good`` is None for mere information."""

    good: bool | None
    text: str


Look = Callable[[Settings], Iterator[Finding]]


def doctor(*, config: Config = None, data: str | None = None) -> None:
    """Look whether everything is as it should be, and say in sentences what is not.

    Parameters
    ----------
    data
        Folder for everything the program keeps.
    """
    sys.exit(examine(read_settings(config, data=data)))


def examine(settings: Settings) -> int:
    """Check everything; returns how many problems there are."""
    console = Console()
    wrong = 0
    for look in LOOKS:
        for good, text in look(settings):
            mark = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "·"}[good]
            console.print(f"{mark} {text}", highlight=False)
            wrong += good is False
    console.print("Everything is as it should be." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to mend.")
    return wrong


def look_at_python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= _LEAST_PYTHON, f"Python {version} (3.11 or newer is needed).")


def look_at_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder.absolute()
    if not folder.exists():
        yield Finding(None, f"The data folder {folder} does not exist yet; the first start makes it.")
        return
    free = shutil.disk_usage(folder).free
    yield Finding(free > _LEAST_FREE, f"{free / 1e9:.1f} GB are free where {folder} is (at least 1 GB is wise).")
    yield Finding((folder.stat().st_mode & 0o077) == 0, f"Only its owner may read {folder} (chmod 700).")
    try:
        took = _time_of_a_sync(folder)
    except OSError as error:
        yield Finding(False, str(full_sentence(folder)) if says_full(error) else f"Nothing can be written to {folder}: {error}.")
        return
    yield Finding(took < _SLOW_SYNC, f"The disk answers a sync in {took * 1000:.1f} ms; every answer to a client waits for one.")


def _time_of_a_sync(folder: Path) -> float:
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        began = time.perf_counter()
        file.write(b"x")
        file.flush()
        os.fsync(file.fileno())
        return time.perf_counter() - began


def look_at_stores(settings: Settings) -> Iterator[Finding]:
    for store, url in (("state", settings.state_store), ("log", settings.log_store)):
        if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
            yield Finding(None, f"The {store} store does not exist yet; the first start makes it.")
            continue
        engine = open_engine(url, pool_size=1)
        try:
            with reading(engine) as connection:
                connection.execute(sa.text("SELECT 1"))
            found, newest = current(engine, store), head(store)
            if found is None:
                yield Finding(None, f"The {store} store answers and is empty: the first start makes its tables.")
                continue
            yield Finding(found == newest, f"The {store} store answers and is at version {found} (this program knows {newest}).")
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            why = str(full_sentence(settings.folder, error)) if says_full(error) else f"{error.__class__.__name__}."
            yield Finding(False, f"The {store} store does not answer: {why}")
        finally:
            engine.dispose()


def look_at_trust(settings: Settings) -> Iterator[Finding]:
    """The apps that trust unsigned browsers, and what that allows."""
    url = settings.state_store
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return
    engine = open_engine(url, pool_size=1)
    try:
        trusting = [app.name for app in Accounts(engine).apps() if app.settings.trust_unsigned_browsers]
    except sa.exc.SQLAlchemyError:
        return  # said already
    finally:
        engine.dispose()
    for name in trusting:
        yield Finding(
            None,
            f"The app {name} takes unsigned browsers at their word: whoever reads a page's source can speak for people of whom no"
            " server has spoken. Sign user ids, then switch trust_unsigned_browsers off.",
        )


def look_at_server(settings: Settings) -> Iterator[Finding]:
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/health", timeout=_TIMEOUT) as answer:
            health = from_json(answer.read())
    except urllib.error.HTTPError as error:
        body = from_json(error.read() or b"{}")
        yield Finding(False, f"The server answers {error.code}: {body.get('detail', 'it gives no reason')}")
        return
    except (OSError, urllib.error.URLError):
        yield Finding(None, f"No server answers on {settings.host}:{settings.port}; start it with `relance serve`.")
        return
    yield Finding(health["status"] == "ok", f"The server answers; {health.get('behind', 0)} groups of events wait to be settled.")
    if "lag_ms" in health:
        lag, most = health["lag_ms"] / 1000, settings.late_after_ms / 1000
        yield Finding(not health["late"], f"Segments are {lag:.1f} s behind; the alarm is raised after {most:.1f} s.")
    yield Finding(not health.get("failures"), f"{health.get('failures', 0)} ticks failed since the worker started.")
    if health.get("failing"):
        yield Finding(False, f"Events are taken, but nothing settles: {health['failing']}")
    if health.get("stalls"):
        yield Finding(False, f"The worker stood still {health['stalls']} times: {health['last_stall']}")
    if health.get("isolating"):
        yield Finding(False, f"Ticks fail, and what makes them fail is being looked for: {health['isolating']}")
    if health.get("set_aside"):
        yield Finding(
            False, f"{health['set_aside']} events could not be settled and lie among the rejected (`cannot_be_settled`)."
        )
    for each in health.get("backlogged", ()):
        yield Finding(
            False if each["refused"] else None,
            f"App {each['app']} sends faster than its events settle: {each['unsettled']:,} have not settled,"
            f" {each['requests_waiting']:,} requests wait and {each['refused']:,} were refused. Others do not wait for it; see"
            " app_backlog_events.",
        )
    for each in health.get("push_paused", ()):
        yield Finding(
            False,
            f"{each['service']} refuses our key ({each['detail']}): sending there pauses, deliveries wait, one is tried now"
            " and then. For web push look at vapid.pem and vapid_contact, for phones at the app's provider.",
        )
    for each in health.get("providers_down", ()):
        yield Finding(
            False,
            f"{each['service']} is down ({each['detail']}): what goes there waits, and one message is tried now and then.",
        )
    for each in health.get("audiences_stopped", ()):
        yield Finding(
            False,
            f"App {each['app']}: message {each['message']} has stopped for its audience {each['audience']}, since too many of its"
            " messages fail to be rendered. Correct the message, then resume or cancel the audience on Overview.",
        )
    yield Finding(None, _snapshot(health.get("snapshot")))


def _snapshot(newest: dict[str, Any] | None) -> str:
    if newest is None:
        return "No snapshot of live segments is written yet: a restart would build them from history."
    age, size = time.time() - newest["written_at"] / 1000, newest["bytes"] / 1e6
    return (
        f"The newest snapshot of live segments is {age:.0f} s old and has {size:.1f} MB;"
        f" a restart would read {newest['behind']} events again."
    )


def look_at_mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_host:
        yield Finding(None, "No SMTP server is set (smtp_host): e-mail stays in the built-in sandbox.")
        return
    for host, port in hosts_of(settings.smtp_host, settings.smtp_port):
        try:
            with smtplib.SMTP(host, port, timeout=_TIMEOUT) as smtp:
                code, _ = smtp.ehlo()
            yield Finding(code == 250, f"The SMTP server {host}:{port} answers {code}.")
        except OSError as error:
            yield Finding(False, f"The SMTP server {host}:{port} does not answer: {error}.")


def look_at_address(settings: Settings) -> Iterator[Finding]:
    public = settings.base_url.startswith("https://")
    if settings.base_url:
        yield Finding(public, f"Links lead to {settings.url}; browsers allow web push on https:// only.")
    else:
        yield Finding(None, f"base_url is not set: links lead to {settings.url}, which only this machine can open.")


LOOKS: tuple[Look, ...] = (
    look_at_python,
    look_at_folder,
    look_at_stores,
    look_at_trust,
    look_at_server,
    look_at_mail,
    look_at_address,
)
