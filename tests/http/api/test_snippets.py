"""Snippets over HTTP: made, changed where they are rendered, refused with the place, and deleted once nothing renders them."""

from __future__ import annotations

import pytest

from relance.accounts.model import NewApp
from tests.http.api.conftest import Api

TEXT = {"subject": "Hi", "text": "{% render 'footer' %}"}


def test_a_snippet_from_beginning_to_end(api: Api, shop: NewApp) -> None:
    at = f"/apps/{shop.app.id}"
    status, made = api.ask("POST", f"{at}/snippets", {"name": "footer", "source": "v1"})
    assert (status, made["name"], made["version"], made["used_by"]) == (201, "footer", 1, [])
    status, message = api.ask("POST", f"{at}/messages", {"name": "mail", "channel": "email", "content": TEXT})
    assert status == 201
    _, listed = api.ask("GET", f"{at}/snippets")
    assert [each["used_by"] for each in listed["items"]] == [[{"kind": "message", "id": message["id"], "name": "mail"}]]
    place = f"{at}/snippets/{made['id']}"
    status, changed = api.ask("PATCH", place, {"version": 1, "source": "v2"})
    assert (status, changed["version"], len(changed["used_by"])) == (200, 2, 1)
    assert api.ask("GET", f"{at}/messages/{message['id']}")[1]["version"] == 2
    status, stale = api.ask("PATCH", place, {"version": 1, "source": "v3"})
    assert (status, stale["error"]["data"]["version"]) == (409, 2)
    status, used = api.ask("DELETE", place)
    assert (status, used["error"]["code"], used["error"]["data"]["dependents"][0]["id"]) == (409, "snippet_in_use", message["id"])
    content = {"version": 2, "content": {"subject": "Hi", "text": "Hi"}}
    assert api.ask("PATCH", f"{at}/messages/{message['id']}", content)[0] == 200
    assert api.ask("DELETE", place)[0] == 204
    assert api.ask("GET", place)[0] == 404


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "Footer", "source": "x"}, "name"),
        ({"name": "footer", "source": " "}, "source"),
        ({"name": "footer", "source": "{% render 'none' %}"}, "source"),
        ({"name": "footer", "source": "{% if %}"}, "source"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(api: Api, shop: NewApp, body: dict[str, str], path: str) -> None:
    status, answer = api.ask("POST", f"/apps/{shop.app.id}/snippets", body)
    assert (status, answer["error"]["data"]["path"]) == (400, path)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"site": "shop.example"}, "site"),
        ({"shop_events": {"viewed": [""]}}, "shop_events.viewed"),
        ({"shop_events": {"cart": [str(number) for number in range(11)]}}, "shop_events.cart"),
    ],
)
def test_settings_of_templates_are_checked(api: Api, shop: NewApp, change: dict[str, object], path: str) -> None:
    status, answer = api.ask("PATCH", f"/apps/{shop.app.id}", {"version": 1, **change})
    assert (status, answer["error"]["data"]["path"]) == (400, path)
    status, taken = api.ask("PATCH", f"/apps/{shop.app.id}", {"version": 1, "shop_events": {"viewed": ["seen"]}})
    assert (status, taken["settings"]["shop_events"]["viewed"]) == (200, ["seen"])
