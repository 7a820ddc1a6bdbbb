"""What the doctor finds, in sentences."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from relance.accounts.model import AppSettings
from relance.accounts.service import Accounts
from relance.cli.doctor import examine
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.postgres import free_port


def made(folder: Path, **more: object) -> Settings:
    folder.mkdir(mode=0o700)
    settings = Settings(data=str(folder), port=free_port(), **more)  # type: ignore[arg-type]
    for engine in open_stores(settings):
        engine.dispose()
    return settings


def test_a_sound_folder_has_nothing_to_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine(made(tmp_path / "data")) == 0
    said = capsys.readouterr().out
    assert "Everything is as it should be." in said
    assert "No server answers" in said


def test_a_database_without_tables_waits_for_the_first_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = made(tmp_path / "data")
    for url in (settings.state_store, settings.log_store):
        Path(url.removeprefix("sqlite:///")).write_bytes(b"")
    assert examine(settings) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "The state store answers and is empty: the first start makes its tables." in said
    assert "The log store answers and is empty: the first start makes its tables." in said
    assert "None" not in said


def test_what_is_wrong_is_counted_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = made(tmp_path / "data", smtp_host="127.0.0.1", smtp_port=free_port(), base_url="http://shop.example.com")
    Path(settings.data).chmod(0o755)
    assert examine(settings) == 3
    said = capsys.readouterr().out
    assert "Only its owner may read" in said
    assert "does not answer" in said
    assert "https://" in said


def test_trust_in_unsigned_browsers_is_said_as_long_as_it_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = made(tmp_path / "data")
    state, log = open_stores(settings)
    Accounts(state).create_app("Trial", 1, settings=AppSettings(trust_unsigned_browsers=True))
    Accounts(state).create_app("Shop", 1)
    for engine in (state, log):
        engine.dispose()
    assert examine(settings) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "The app Trial takes unsigned browsers at their word" in said
    assert "The app Shop" not in said


def test_an_app_that_sends_too_fast_and_an_audience_that_stopped_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = made(tmp_path / "data")
    held = {"app": 7, "unsettled": 30_500, "requests_waiting": 12, "refused": 0}
    stopped: list[dict[str, int]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "ok", "backlogged": [held], "audiences_stopped": stopped}).encode())

        @override
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer((settings.host, settings.port), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert examine(settings) == 0
            assert "App 7 sends faster than its events settle: 30,500 have not settled, 12 requests wait" in said(capsys)
            held["refused"] = 3
            assert examine(settings) == 1
            assert "3 were refused" in said(capsys)
            stopped.append({"app": 7, "audience": 5, "message": 3, "since": 0})
            assert examine(settings) == 2
            assert "App 7: message 3 has stopped for its audience 5" in said(capsys)
        finally:
            server.shutdown()
            thread.join()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())
