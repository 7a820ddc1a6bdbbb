"""A running server as seen from the command line: its REST API, called with an API key."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from relance.cli.errors import ServerError
from relance.core.encoding import from_json, to_json
from relance.core.error_text import ErrorText
from relance.segments.rule.meaning import Defaults

HERE = "http://127.0.0.1:8400"
_TIMEOUT = 120.0
_PAGE = 200


class Remote:
    """One app of a server: the one that the key opens. Every call raises ``ServerError`` with the server's own sentence."""

    def __init__(self, url: str, key: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ServerError(ErrorText.local(f"{url} is not a server address: it must begin with http:// or https://."))
        if not key:
            raise ServerError(ErrorText.local("Give an API key: set RELANCE_API_KEY, or --key."))
        self._url = url.rstrip("/")
        self._key = key
        (app,) = self._call("GET", "/apps")["items"]
        self._app = f"/apps/{app['id']}"
        self.defaults = Defaults(app["settings"]["timezone"], app["settings"]["country"])

    def get(self, path: str, **query: Any) -> Any:
        """GET something of the app."""
        return self._call("GET", self._app + path, query)

    def post(self, path: str, body: Any) -> Any:
        """POST to the app."""
        return self._call("POST", self._app + path, {}, body)

    def patch(self, path: str, body: Any) -> Any:
        """PATCH something of the app."""
        return self._call("PATCH", self._app + path, {}, body)

    def delete(self, path: str) -> None:
        """DELETE something of the app."""
        with self._open("DELETE", self._app + path, {}):
            pass

    def every(self, path: str) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, limit=_PAGE, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    @contextmanager
    def stream(self, path: str, **query: Any) -> Iterator[http.client.HTTPResponse]:
        """An answer read in pieces."""
        with self._open("GET", self._app + path, query) as answer:
            try:
                yield answer
            except (http.client.HTTPException, OSError) as error:
                raise ServerError(ErrorText.local("The server broke off in the middle of its answer.")) from error

    def _call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        with self._open(method, path, query or {}, body) as answer:
            try:
                return from_json(answer.read())
            except msgspec.DecodeError as error:
                raise ServerError(ErrorText.local(f"What answers at {self._url} is not a Relance server.")) from error

    @contextmanager
    def _open(self, method: str, path: str, query: dict[str, Any], body: Any = None) -> Iterator[http.client.HTTPResponse]:
        given = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        request = urllib.request.Request(  # noqa: S310 - its scheme was looked at
            f"{self._url}/api/v1{path}{'?' + given if given else ''}",
            method=method,
            data=None if body is None else to_json(body).encode(),
            headers={"authorization": f"Bearer {self._key}", "content-type": "application/json"},
        )
        try:
            answer = urllib.request.urlopen(request, timeout=_TIMEOUT)  # noqa: S310 - likewise
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(
                ErrorText.local(f"No server answers at {self._url}; start it with `relance serve`, or give --url.")
            ) from error
        with answer:
            yield answer


def _refusal(error: urllib.error.HTTPError) -> ServerError:
    try:
        problem = from_json(error.read())["error"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return ServerError(ErrorText.local(f"The server answered {error.code}."))
    path = problem["data"].get("path")
    return ServerError(ErrorText.local(f"{problem['message']}{f' (at {path})' if path else ''}"), **problem["data"])
