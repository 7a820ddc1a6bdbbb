"""Serves the dashboard's real handlers beside recorded answers; ``python -m tests.browser.server [port]`` to look by hand."""

from __future__ import annotations

import csv
import sys
import threading
import time
from typing import Any

import uvicorn
from litestar import HttpMethod, Litestar, MediaType, Request, Response, route
from litestar.params import FromPath

from relance.segments.errors import RuleError
from relance.web.dashboard import handlers
from tests.browser import answers

NEWER = 5  # the version that somebody else made of a segment while it was edited here
COOKIE = "relance_session"
UNKNOWN = {"error": {"code": "not_found", "message": "There is no such thing.", "data": {}}}
NOBODY = {"error": {"code": "unauthorized", "message": "Nobody is signed in.", "data": {}}}
NO_TOKEN = {"error": {"code": "csrf", "message": "The X-CSRF-Token header is missing.", "data": {}}}

AnyRequest = Request[Any, Any, Any]
METHODS: list[HttpMethod] = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]


def _json(value: Any, status: int = 200) -> Response[Any]:
    return Response(value, status_code=status, media_type=MediaType.JSON)


async def _session(request: AnyRequest) -> Response[Any]:
    if request.method == "POST":
        given = await request.json()
        if given["password"] != "correct horse battery":
            return _json(NOBODY, 401)
        response = _json(answers.SESSION, 201)
        response.set_cookie(COOKIE, "recorded", httponly=True, samesite="lax")
        return response
    if request.method == "DELETE":
        response = _json({"signed_out": True})
        response.delete_cookie(COOKIE)
        return response
    return _json(answers.SESSION if request.cookies.get(COOKIE) else None)


def _tried(path: str, rule: Any) -> Response[Any]:
    """A preview, or the sentence alone; what is wrong with a rule is said as the real server says it."""
    answer = {"preview": answers.preview, "cost": answers.cost, "sentence": answers.in_words}[path.strip("/").rpartition("/")[2]]
    try:
        return _json(answer(rule))
    except RuleError as error:
        return _json({"error": {"code": error.code, **error.text.plain(), "data": error.data}}, 400)


async def _made(request: AnyRequest, path: str) -> Response[Any]:
    """A key, a webhook and a test of one, and people put on a list."""
    if path.endswith("/webhooks/2/test"):
        return _json({"taken": False, "detail": "503 busy"})
    if path.endswith("/lists/file"):
        entries = [row[0] for row in csv.reader((await request.body()).decode().splitlines())]
        columns = [{"name": "", "sample": entries[:3]}, {"name": "", "sample": []}]
        return _json({"columns": columns, "column": 0, "header": False, "entries": entries, "too_long": 0})
    given = await request.json()
    if path.endswith("/preview"):
        return _json(answers.filled(int(path.split("/")[-2]), given))
    if path.endswith("/keys"):
        return _json({"key": {**answers.load("keys")[0], "id": 9, "name": given["name"]}, "text": "rlw_recorded_key"}, 201)
    if path.endswith("/webhooks"):
        return _json({"webhook": {**answers.load("webhooks")[0], "id": 9, "url": given["url"]}, "secret": "whsec_recorded"}, 201)
    if path.endswith("/consents"):
        return _json(answers.answer(path.removesuffix("/consents"), {}), 201)
    if not path.endswith("/people"):
        return _json(UNKNOWN, 404)
    unknown = [one for one in [*given.get("add", []), *given.get("remove", [])] if not one.startswith(("u-", "lea"))]
    known = len(given.get("add", [])) + len(given.get("remove", [])) - len(unknown)
    return _json({"added": known if "add" in given else 0, "removed": known if "remove" in given else 0, "unknown": unknown})


async def _changed(request: AnyRequest, path: str) -> Response[Any]:
    """An edit, which comes too late but for one of a segment's newest version."""
    if "/segments/" in path and (await request.json())["version"] == NEWER:
        return _json({**answers.segments()[1], "version": NEWER + 1})
    request.app.state.changed = "/segments/" in path
    code = "segment_conflict" if "/segments/" in path else "conflict"
    return _json({"error": {"code": code, "message": "It was changed since it was read.", "data": {"version": NEWER}}}, 409)


@route("/api/v1/{rest:path}", http_method=METHODS)
async def api(request: AnyRequest, rest: FromPath[str]) -> Response[Any]:
    """Recorded reads; of the changes, only the switch of all sending is kept."""
    if rest.strip("/") == "session":
        return await _session(request)
    if not request.cookies.get(COOKIE) and rest.strip("/") != "setup":
        return _json(NOBODY, 401)
    if request.method != "GET" and request.headers.get("x-csrf-token") != answers.SESSION["csrf"]:
        return _json(NO_TOKEN, 403)
    apps: list[dict[str, Any]] = request.app.state.apps
    if rest.endswith("/sending"):
        apps[0]["settings"]["sending_paused"] = (await request.json())["paused"]
        return _json(apps[0])
    if rest.strip("/") == "apps":
        return _json(answers.page(apps))
    if rest.endswith(("/segments/preview", "/segments/preview/cost", "/segments/sentence")):
        return _tried(rest, (await request.json())["rule"])
    if request.method in ("POST", "PATCH"):
        return await (_made if request.method == "POST" else _changed)(request, rest.strip("/"))
    value = answers.answer(rest, dict(request.query_params.items()))
    if request.app.state.changed and rest.strip("/") == "apps/1/segments/2":  # somebody else saved meanwhile
        value = {**value, "version": NEWER, "name": "Bought twice lately", "updated_at": answers.NOW}
    if request.app.state.changed and rest.strip("/") == "apps/1/segments/2/versions":
        value = answers.page(answers.versions("2", NEWER))
    return _json(UNKNOWN, 404) if value is None else _json(value)


@route("/sandbox/api/{rest:path}", http_method=["GET"])
async def sandbox(rest: FromPath[str]) -> Response[Any]:
    """Recorded phones and e-mails."""
    if rest.endswith("/html"):
        return Response(
            answers.load("mail_html"), media_type=MediaType.HTML, headers={"Content-Security-Policy": "sandbox allow-popups"}
        )
    value = answers.sandbox(rest)
    return _json(UNKNOWN, 404) if value is None else _json(value)


@route("/health", http_method=["GET"])
async def health() -> Response[Any]:
    """A server that has settled everything."""
    return _json({"status": "ok", "behind": 0, "settled_at": answers.NOW, "now": answers.NOW, "failures": 0, "backlogged": []})


def make_app() -> Litestar:
    """The application, with apps of its own to change."""
    app = Litestar([*handlers, api, sandbox, health], openapi_config=None, debug=False)
    app.state.apps = answers.load("apps")
    app.state.changed = False
    return app


class Recorded:
    """The application on a free port, in a thread."""

    def __init__(self, port: int = 0) -> None:
        config = uvicorn.Config(make_app(), host="127.0.0.1", port=port, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 120
        while not self._server.started:
            if time.monotonic() > until:
                raise TimeoutError("The recorded server did not start.")
            time.sleep(0.02)
        found: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{found}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


if __name__ == "__main__":
    server = Recorded(int(sys.argv[1]) if len(sys.argv) > 1 else 8499)
    print(server.url)  # noqa: T201
    server._thread.join()
