"""Snippets of an app: what changes with them, what was sent stays, and what is used is not deleted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.errors import RelanceError
from relance.core.time import HOUR
from relance.messaging.errors import SnippetInUseError, SnippetInvalidError, SnippetNotFoundError, StaleSnippetError
from relance.messaging.model import MessageClass
from relance.messaging.service import SenderSettings, Snippets
from relance.messaging.snippets.service import LONGEST, MOST
from relance.templates.errors import TemplateError
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases
SENDING = SenderSettings("https://relance.example", "Shop <shop@example.com>")


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


@pytest.fixture
def snippets(world: World) -> Snippets:
    return Snippets(world.engine)


def mail(world: World, text: str = "{% render 'footer' %}", name: str = "receipt") -> int:
    content = {"subject": name, "text": text}
    return world.messages.create(APP, name, "email", content, START, message_class=MessageClass.TRANSACTIONAL).id


def refused(run: Callable[[], Any]) -> tuple[str | None, str]:
    with pytest.raises(RelanceError) as error:
        run()
    return error.value.text.reason, error.value.data.get("path", "")


async def test_a_change_is_in_all_messages_at_once_and_what_was_sent_stays_as_it_was(world: World, snippets: Snippets) -> None:
    world.person(1, email="ada@example.com")
    address = snippets.create(APP, "address", "1 rue A", START)
    snippets.create(APP, "footer", "{{ app.name }}, {% render 'address' %}", START)
    message, other = mail(world), mail(world, "no footer", "other")
    [before] = world.messages.send(APP, message, 1, START, key="a")
    await world.send()
    changed = snippets.update(APP, address.id, 1, "2 rue B", START + HOUR)
    assert (changed.version, changed.source) == (2, "2 rue B")
    assert [world.messages.get(APP, each).version for each in (message, other)] == [2, 1]
    world.messages.send(APP, message, 1, START, key="b")
    await world.send()
    assert [rendered.text for _, _, rendered in world.mail.sent] == ["Shop, 1 rue A", "Shop, 2 rue B"]
    shown = world.deliveries.content(APP, before.id, 30, world.clock.instant, SENDING).shown
    assert shown.content["text"] == "Shop, 1 rue A"


def test_who_uses_it_is_told_and_keeps_it_from_being_deleted(world: World, snippets: Snippets) -> None:
    address = snippets.create(APP, "address", "1 rue A", START)
    footer = snippets.create(APP, "footer", "{% render 'address' %}", START)
    message = mail(world)
    uses = snippets.uses(APP, [address, footer])
    assert [(each.kind, each.id) for each in uses[address.id]] == [("message", message), ("snippet", footer.id)]
    assert [(each.kind, each.name) for each in uses[footer.id]] == [("message", "receipt")]
    with pytest.raises(SnippetInUseError) as error:
        snippets.delete(APP, address.id)
    assert [each["kind"] for each in error.value.data["dependents"]] == ["message", "snippet"]
    world.messages.update(APP, message, 1, {"content": {"subject": "Hi", "text": "Hi"}}, START)
    snippets.delete(APP, footer.id)
    snippets.delete(APP, address.id)
    assert snippets.all(APP) == []
    with pytest.raises(SnippetNotFoundError):
        snippets.get(APP, address.id)


def test_what_could_not_be_rendered_is_refused_with_its_place(world: World, snippets: Snippets) -> None:
    footer = snippets.create(APP, "footer", "© {{ app.name }}", START)
    message = mail(world)
    create = snippets.create
    assert refused(lambda: mail(world, "{% render 'none' %}", "x")) == ("snippet_unknown", "content.text")
    assert refused(lambda: create(APP, "Footer", "x", START)) == ("snippet_name", "name")
    assert refused(lambda: create(APP, "footer", "x", START)) == ("snippet_name_taken", "name")
    assert refused(lambda: create(APP, "empty", " ", START)) == ("snippet_length", "source")
    assert refused(lambda: create(APP, "long", "x" * (LONGEST + 1), START)) == ("snippet_length", "source")
    assert refused(lambda: create(APP, "open", "{% if %}", START))[1] == "source"
    assert refused(lambda: create(APP, "more", "{% render 'none' %}", START)) == ("snippet_unknown", "source")
    assert refused(lambda: snippets.update(APP, footer.id, 1, "{% render 'footer' %}", START)) == ("snippet_cycle", "source")
    broken = "{{ since_last_visit[user.id].count }}"
    assert refused(lambda: snippets.update(APP, footer.id, 1, broken, START)) == ("snippet_breaks", "source")
    with pytest.raises(StaleSnippetError):
        snippets.update(APP, footer.id, 2, "x", START)
    assert (snippets.get(APP, footer.id).source, world.messages.get(APP, message).version) == ("© {{ app.name }}", 1)


def test_translations_have_theirs(world: World, snippets: Snippets) -> None:
    closing = snippets.create(APP, "closing", "Bien à vous", START)
    content = {"subject": "Hi", "text": "Yours"}
    french: dict[str, Any] = {"language": "en", "translations": {"fr": {"subject": "Salut", "text": "{% render 'closing' %}"}}}
    made = world.messages.create(APP, "both", "email", content, START, **french)
    snippets.update(APP, closing.id, 1, "Cordialement", START)
    assert world.messages.get(APP, made.id).snippets == {"closing": "Cordialement"}
    french["translations"] = {"fr": {"subject": "Salut", "text": "{% render 'none' %}"}}
    create = world.messages.create
    assert refused(lambda: create(APP, "c", "email", content, START, **french)) == ("snippet_unknown", "translations.fr.text")


def test_an_app_has_so_many(snippets: Snippets) -> None:
    for number in range(MOST):
        snippets.create(APP, f"s{number}", "x", START)
    with pytest.raises(SnippetInvalidError):
        snippets.create(APP, "more", "x", START)


def test_another_apps_snippets_are_not_there(world: World, snippets: Snippets) -> None:
    other = snippets.create(APP + 1, "footer", "theirs", START)
    with pytest.raises(TemplateError):
        mail(world)
    with pytest.raises(SnippetNotFoundError):
        snippets.update(APP, other.id, 1, "ours", START)


def test_a_message_saved_while_its_snippet_changes_has_one_or_the_other_and_ends_with_the_newest(
    world: World, snippets: Snippets
) -> None:
    footer = snippets.create(APP, "footer", "v1", START)
    start = threading.Barrier(2)
    made: list[int] = []

    def save() -> None:
        start.wait()
        made.append(mail(world))

    thread = threading.Thread(target=save)
    thread.start()
    start.wait()
    snippets.update(APP, footer.id, 1, "v2", START)
    thread.join()
    assert world.messages.get(APP, made[0]).snippets == {"footer": "v2"}


def test_links_that_a_snippet_spells_out_are_counted(world: World, snippets: Snippets) -> None:
    world.person(1, email="ada@example.com")
    snippets.create(APP, "button", '<a href="https://partner.example/{{ event.path }}">Go</a>', START)
    content = {"subject": "Hi", "html": "{% render 'button' %}"}
    message = world.messages.create(APP, "button", "email", content, START, message_class=MessageClass.TRANSACTIONAL)
    assert message.snippets.keys() == {"button"}
