"""The real program as a child of a test: started, asked, killed without mercy, started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.postgres import free_port

READY_WITHIN = 120.0


class Program:
    """``relance serve`` on a data folder. Keeps its port and folder over restarts."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.port = free_port()
        self.smtp_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.command = [sys.executable, "-m", "relance", "serve"]
        self.process: subprocess.Popen[bytes] | None = None
        self.started_in = 0.0

    def environment(self) -> dict[str, str]:
        given = {"data": self.folder / "data", "port": self.port, "sandbox_smtp_port": self.smtp_port, **self.settings}
        return {**os.environ, **{f"RELANCE_{name.upper()}": str(value) for name, value in given.items()}}

    def start(self, prefix: list[str] | None = None) -> None:
        """Start it and wait until it is ready."""
        began = time.monotonic()
        self.launch(prefix)
        self.wait_until_ready()
        self.started_in = time.monotonic() - began

    def launch(self, prefix: list[str] | None = None) -> None:
        """Start it and wait for nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.txt").open("ab") as log:
            command = [*(prefix or []), *self.command]
            self.process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log, start_new_session=True)

    def wait_until_ready(self, within: float = READY_WITHIN) -> None:
        """Raises ``AssertionError`` with the end of its log if it ends, or is not ready in time (seconds)."""
        deadline = time.monotonic() + within
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the program did not start:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def wait_until_settled(self, within: float = READY_WITHIN, calm: int = 3) -> dict[str, Any]:
        """Wait until nothing waits to be settled, as seen ``calm`` times in a row; its health then."""
        deadline, seen = time.monotonic() + within, 0
        health: dict[str, Any] = {}
        while seen < calm:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not settle: {health}\n{self.log()[-4000:]}")
            with contextlib.suppress(OSError, urllib.error.URLError):
                health = self.get("/health")
                seen = seen + 1 if health["behind"] == 0 and health["waiting_bytes"] == 0 else 0
            time.sleep(0.1)
        return health

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, urllib.error.URLError):
            return bool(self.get("/health")["status"] == "ok")
        return False

    def workers(self) -> list[psutil.Process]:
        """The worker processes that run now."""
        return [] if self.process is None else psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        """SIGKILL to every process of the program, at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kill_server(self) -> psutil.Process:
        """SIGKILL to the server alone; returns its worker, which has to end by itself."""
        assert self.process is not None
        (worker,) = self.workers()
        self.process.kill()
        self.process.wait()
        self.process = None
        return worker

    def stop(self) -> int:
        """Ask it to stop as an operator would; returns its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=120)
        self.process = None
        return code

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def get(self, path: str, key: str = "") -> Any:
        return self.call("GET", path, None, key)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str = "",
        timeout: float = 30.0,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """One JSON call; raises ``urllib.error.HTTPError`` on an error status."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            request.add_header(name, value)
        if key.startswith("basic:"):
            request.add_header("Authorization", "Basic " + b64encode(f"{key.removeprefix('basic:')}:".encode()).decode())
        elif key:
            request.add_header("Authorization", f"Bearer {key}")
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            text = answer.read()
        return json.loads(text) if text else None
