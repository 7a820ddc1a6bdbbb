"""Holds every page that a test's client gets to its own policy: browsers apply a style only if the policy names its hash."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
from litestar.testing import TestClient


def look_at_styles(client: TestClient[Any]) -> TestClient[Any]:
    """Fail the test whose client gets a page that no browser would style."""
    client.event_hooks = {"response": [_look]}
    return client


def _look(response: httpx.Response) -> None:
    if not response.headers.get("content-type", "").startswith("text/html"):
        return
    policy = response.headers["content-security-policy"]
    for style in re.findall(r"<style>(.*?)</style>", response.read().decode(), re.DOTALL):
        wanted = f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
        assert wanted in policy, f"{response.url}: {policy}"
