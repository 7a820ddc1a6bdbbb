"""The settings that Segment's browser library requests before it sends anything: where to send, and nothing else to load."""

from __future__ import annotations

import re

import msgspec
from litestar.types import HTTPScope

_PATH = re.compile(r"/v1/projects/([^/]{1,255})/settings/?")


def key_of_settings_path(path: str) -> str | None:
    """The write key in ``/v1/projects/{key}/settings``, or ``None`` for another path."""
    found = _PATH.fullmatch(path)
    return found[1] if found else None


def settings_for(key: str, scope: HTTPScope, base_url: str, push_key: str) -> bytes:
    """The settings document, pointing back to this server: to its public address, or to the requested host.

    ``push.applicationServerKey`` is what a page passes to ``PushManager.subscribe`` (RFC 8292).
    """
    scheme, _, host = (base_url.rstrip("/") or f"{scope['scheme']}://{_host(scope)}").partition("://")
    document = {
        "integrations": {
            "Segment.io": {
                "apiKey": key,
                "apiHost": f"{host}/v1",
                "protocol": scheme,
                "addBundledMetadata": False,
                "deliveryStrategy": {"strategy": "standard"},
                "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            }
        },
        "plan": {"track": {"__default": {"enabled": True}}, "identify": {}, "group": {}},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
        "push": {"applicationServerKey": push_key},
    }
    return msgspec.json.encode(document)


def _host(scope: HTTPScope) -> str:
    named = next((text for name, text in scope["headers"] if name == b"host"), b"")
    if named:
        return named.decode("latin-1")
    address = scope["server"]
    return f"{address[0]}:{address[1]}" if address else "localhost"
