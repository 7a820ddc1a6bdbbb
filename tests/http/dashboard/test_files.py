"""The dashboard's files over HTTP: one page for its addresses, assets kept for ever, nothing outside the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from relance.web.dashboard import handlers, routes
from relance.web.errors import EXCEPTION_HANDLERS


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient[Litestar]]:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html><title>Relance</title>")
    (static / "scheme.js").write_text("1")
    (static / "assets" / "index-abc.js").write_text("let a")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(routes, "STATIC", static)
    with TestClient(Litestar(handlers, openapi_config=None, exception_handlers=EXCEPTION_HANDLERS)) as started:
        yield started


@pytest.mark.parametrize("path", ["/", "/setup", "/sign-in", "/apps", "/apps/1/people/7", "/apps/new"])
def test_every_address_of_the_dashboard_is_the_one_page(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_assets_are_kept_for_ever(client: TestClient[Litestar]) -> None:
    answer = client.get("/assets/index-abc.js")
    assert answer.text == "let a"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in client.get("/scheme.js").headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/..%2Findex.html",
        "/assets/..%2F..%2Fsecret.txt",
        "/assets/.hidden",
        "/assets/a%00b",
        "/favicon.svg",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_unbuilt_dashboard_says_how_to_build_it(client: TestClient[Litestar]) -> None:
    (routes.STATIC / "index.html").unlink()
    answer = client.get("/apps/1/overview")
    assert answer.status_code == 503
    assert "npm run build" in answer.text


def test_the_built_page_has_no_inline_script(client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch) -> None:
    built = Path(routes.__file__).parent / "static"
    if not (built / "index.html").exists():
        pytest.fail("The dashboard has not been built: run `npm ci && npm run build` in dashboard/.")
    monkeypatch.setattr(routes, "STATIC", built)
    page = client.get("/").text
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module"')
    assert "</script>" in page
    assert "style=" not in page
