"""Everybody gets a message in their own language: chosen, known, told by the device, or the app's. It is kept which it was."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.core.errors import InvalidError
from relance.core.time import HOUR
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging.errors import MessageInvalidError
from relance.messaging.model import Delivery, DeliveryState, Message, MessageClass, SkipReason
from relance.messaging.service import SenderSettings
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases
SENDING = SenderSettings("https://relance.example", "Other <other@example.com>")
MAIL = {"subject": "Hello {{ user.first_name }}", "text": "See https://shop.example/"}
FRENCH = {"fr": {"subject": "Bonjour {{ user.first_name }}"}, "fr-CA": {"subject": "Allô {{ user.first_name }}"}}


@pytest.fixture
def world(state: Engine) -> World:
    return World(state)


def mail(world: World, **about: Any) -> Message:
    given = {"language": "en", "translations": FRENCH, "message_class": MessageClass.TRANSACTIONAL, **about}
    return world.messages.create(APP, "hello", "email", MAIL, START, **given)


async def sent(world: World, message: Message, person: int, key: str = "k") -> Delivery:
    [made] = world.messages.send(APP, message.id, person, world.clock.instant, key=key)
    await world.send()
    return world.deliveries.get(APP, made.id)


async def test_everybody_gets_it_in_their_own_language_and_it_is_kept_which(world: World) -> None:
    message = mail(world)
    people = {1: ("fr-CA", "fr-CA"), 2: ("fr", "fr"), 3: ("fr_BE", "fr"), 4: ("de", "en"), 5: (None, "en"), 6: ("EN", "en")}
    for person, (reads, _) in people.items():
        traits: dict[str, Any] = {} if reads is None else {"locale": reads}
        world.person(person, email=f"p{person}@example.com", first_name="Lea", **traits)
    found = {person: await sent(world, message, person) for person in people}
    assert {person: each.language for person, each in found.items()} == {person: got for person, (_, got) in people.items()}
    hello = {"fr-CA": "Allô Lea", "fr": "Bonjour Lea", "en": "Hello Lea"}
    assert [rendered.subject for _, _, rendered in world.mail.sent] == [hello[got] for _, got in people.values()]


async def test_what_they_chose_comes_before_what_is_told(world: World) -> None:
    message = mail(world)
    world.person(1, email="a@example.com", language="en")
    world.edit(1, preferences={"language": "fr", "source": "page"})
    assert (await sent(world, message, 1)).language == "fr"


async def test_nobody_of_whom_nothing_is_known_gets_the_apps_language(world: World) -> None:
    message = mail(world)
    world.person(1, email="a@example.com")
    world.settings["language"] = "fr"
    assert (await sent(world, message, 1)).language == "fr"


async def test_the_language_follows_the_person_until_it_leaves(world: World) -> None:
    """It is chosen when the message is written, not when it was wanted."""
    message = mail(world)
    world.person(1, email="a@example.com", language="en")
    [made] = world.messages.send(APP, message.id, 1, START)
    world.edit(1, traits={"language": "fr"})
    await world.send()
    assert world.deliveries.get(APP, made.id).language == "fr"


async def test_what_was_sent_is_shown_in_the_language_in_which_it_was(world: World) -> None:
    message = mail(world)
    world.person(1, email="a@example.com", first_name="Lea", locale="fr-CA")
    delivery = await sent(world, message, 1)
    world.edit(1, traits={"locale": "en"})
    world.messages.update(APP, message.id, 1, {"translations": {}}, START + HOUR)
    found = world.deliveries.content(APP, delivery.id, 30, world.clock.instant, SENDING)
    assert (found.shown.language, found.shown.content["subject"]) == ("fr-CA", "Allô Lea")
    assert (await sent(world, message, 1, "l")).language == "en"


async def test_a_translation_that_fails_skips_those_who_read_it(world: World) -> None:
    message = mail(world, translations={"fr": {"subject": "{{ user.nobody }}"}})
    world.person(1, email="a@example.com", language="fr")
    world.person(2, email="b@example.com", language="en")
    french, english = await sent(world, message, 1), await sent(world, message, 2)
    assert (french.state, french.reason, french.language) == (DeliveryState.SKIPPED, SkipReason.RENDER_ERROR, "fr")
    assert english.state is DeliveryState.SENT


async def test_a_merge_keeps_the_language_of_what_was_sent(world: World) -> None:
    message = mail(world)
    world.person(1, email="a@example.com", language="fr")
    world.person(2, email="b@example.com", language="en")
    delivery = await sent(world, message, 1)
    with writing(world.engine) as connection:
        messaging.follow_merge(connection, APP, 1, 2)
    found = world.deliveries.get(APP, delivery.id)
    assert (found.person_id, found.language) == (2, "fr")


async def test_a_device_tells_the_language_of_whoever_has_none(world: World) -> None:
    push = world.messages.create(
        APP, "p", "web_push", {"title": "Hi"}, START, language="en", translations={"fr": {"title": "Salut"}}
    )
    world.person(1, push="https://push.example/1")
    with writing(world.engine) as connection:
        connection.exec_driver_sql('UPDATE subscriptions SET device = \'{"locale":"fr-FR"}\'')
    assert (await sent(world, push, 1)).language == "fr"


def test_a_preview_is_in_the_persons_language_in_another_or_in_all(world: World) -> None:
    message = mail(world)
    world.person(1, email="a@example.com", first_name="Lea", language="fr")
    app = world.app(APP)

    def preview(**about: Any) -> list[str]:
        found = world.messages.preview(app, message.id, 1, START, SENDING, **about)
        return [f"{each.language}: {each.content['subject']}" for each in found]

    assert preview() == ["fr: Bonjour Lea"]
    assert preview(language="en") == ["en: Hello Lea"]
    assert preview(all_languages=True) == ["fr: Bonjour Lea", "en: Hello Lea", "fr: Bonjour Lea", "fr-CA: Allô Lea"]
    with pytest.raises(MessageInvalidError) as error:
        preview(language="de")
    assert error.value.data["path"] == "language"


def test_translations_are_kept_as_written_and_changed_as_a_whole(world: World) -> None:
    made = mail(world, translations={"FR_ca": {"subject": "Allô"}})
    assert made.translations == {"fr-CA": {"subject": "Allô"}}
    assert world.messages.get(APP, made.id) == made
    changed = world.messages.update(APP, made.id, 1, {"translations": {"de": {"subject": "Hallo"}}}, START)
    assert world.messages.get(APP, made.id).translations == changed.translations == {"de": {"subject": "Hallo"}}
    with pytest.raises(MessageInvalidError) as error:
        world.messages.update(APP, made.id, 2, {"language": "de"}, START)
    assert error.value.data["path"] == "translations.de"


def test_what_a_translation_names_alone_is_read_for_it(world: World) -> None:
    """Templates of all languages are looked through for what has to be read before one is chosen."""
    message = mail(world, translations={"fr": {"subject": "{{ facts.language }} {{ user.first_name }}"}})
    world.person(1, email="a@example.com", first_name="Lea", language="fr")
    [shown] = world.messages.preview(world.app(APP), message.id, 1, START, SENDING)
    assert shown.content["subject"] == "fr Lea"
    with pytest.raises(InvalidError) as error:
        mail(world, translations={"fr": {"text": "{{ since_last_visit }}"}})
    assert error.value.data["path"] == "translations.fr.text"
