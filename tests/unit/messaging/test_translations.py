"""A message in several languages: which one a reader gets, what a translation takes from elsewhere, and what is refused where."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.registry import KINDS
from relance.core.errors import InvalidError
from relance.core.languages import broader, canonical_tag
from relance.messaging.model import Channel, Message, MessageClass, SkipReason
from relance.messaging.previewing import SenderSettings, show
from relance.messaging.render import Recipient
from relance.messaging.translations import (
    MOST_TRANSLATIONS,
    check_translations,
    chosen_language,
    in_language,
    language_wanted,
    languages_of,
    read_translations,
    wording,
)
from relance.templates.dates import Reader

Translations = dict[str, dict[str, Any]]
PUSH: dict[str, Any] = {"title": "Hi", "body": "Come", "url": "https://shop.example/"}
MAIL: dict[str, Any] = {"subject": "Hi", "html": "<p>Hi</p>", "text": "Hi", "preheader": "Now"}


def message(channel: str, content: dict[str, Any], translations: Translations, language: str = "en", **about: Any) -> Message:
    return Message(
        *(1, 1, "m", Channel(channel), MessageClass.TRANSACTIONAL, "general", content, None, None, 1, 0, 0),
        language=language,
        translations=translations,
        **about,
    )


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("fr-CA", "fr-CA"),
        ("fr_ca", "fr-CA"),
        ("fr-BE", "fr"),
        ("fr", "fr"),
        ("de-AT", "en"),
        ("en-GB", "en-GB"),
        ("en-US", "en"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-TW", "en"),
        ("", "en"),
    ],
)
def test_a_reader_gets_what_is_nearest_to_their_language(wanted: str, got: str) -> None:
    each = {"title": "x"}
    made = message("web_push", PUSH, dict.fromkeys(("fr", "fr-CA", "en-GB", "zh-Hant"), each))
    assert chosen_language(made, wanted) == got
    assert in_language(made, wanted).language == got


def test_the_own_language_of_a_message_comes_before_a_broader_translation() -> None:
    made = message("web_push", PUSH, {"fr": {"title": "x"}}, language="fr-CA")
    assert [chosen_language(made, each) for each in ("fr-CA", "fr", "fr-BE", "en")] == ["fr-CA", "fr", "fr", "fr-CA"]


def test_what_a_translation_leaves_out_is_taken_from_the_next_one() -> None:
    made = message("web_push", PUSH, {"fr": {"title": "Salut", "body": "Viens"}, "fr-CA": {"title": "Allô"}})
    found = wording(made, "fr-CA")
    assert found.content == {"title": "Allô", "body": "Viens", "url": "https://shop.example/"}
    assert found.taken == {"body": "fr", "url": "en"}
    assert wording(made, "en") == ("en", PUSH, {})
    assert languages_of(made) == ["en", "fr", "fr-CA"]


def test_an_empty_text_is_a_text_of_its_own() -> None:
    assert wording(message("web_push", PUSH, {"fr": {"body": ""}}), "fr").content["body"] == ""


def test_a_page_and_its_text_are_of_one_language() -> None:
    """A French page would otherwise go with an English text, and mailboxes choose which is shown."""
    made = message("email", MAIL, {"fr": {"html": "<p>Salut</p>"}, "de": {"subject": "Hallo"}, "es": {"mjml": "<mjml/>"}})
    assert wording(made, "fr").content == {"subject": "Hi", "preheader": "Now", "html": "<p>Salut</p>"}
    assert wording(made, "de").content == {**MAIL, "subject": "Hallo"}
    assert "html" not in wording(made, "es").content


def test_a_message_without_translations_is_for_everybody() -> None:
    made = message("web_push", PUSH, {}, language="")
    assert in_language(made, "fr") is made


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda each: each.name)
def test_a_kind_names_only_fields_that_it_has(kind: Any) -> None:
    fields = set(kind.content.__struct_encode_fields__)
    assert fields >= kind.content.fixed.union(*kind.content.together)


@pytest.mark.parametrize(
    ("channel", "content", "translations", "language", "reason", "path"),
    [
        ("web_push", PUSH, {"fr": {"title": "{{ x"}}, "en", None, "translations.fr.title"),
        ("web_push", PUSH, {"fr": {"title": " "}}, "en", "field_empty", "translations.fr.title"),
        ("web_push", PUSH, {"fr": {"title": 5}}, "en", None, "translations.fr.title"),
        ("web_push", PUSH, {"fr": {"titel": "x"}}, "en", None, "translations.fr"),
        ("web_push", PUSH, {"fr": {"body": "x" * 5000}}, "en", "push_size", "translations.fr.body"),
        ("web_push", {"title": "t", "body": "x" * 3900}, {"fr": {"title": "y" * 90}}, "en", "push_size", "translations.fr"),
        ("web_push", PUSH, {"fr": {"buttons": [{"title": "a", "url": "ftp://x"}]}}, "en", None, "translations.fr.buttons.0.url"),
        ("sms", {"body": "Hi"}, {"fr": {"body": "x" * 1601}}, "en", "sms_length", "translations.fr.body"),
        ("email", MAIL, {"fr": {"html": '<img src="cid:a">'}}, "en", "picture_unknown", "translations.fr.html"),
        ("mobile_push", {"title": "x"}, {"fr": {"devices": "all"}}, "en", "translation_fixed", "translations.fr.devices"),
        ("web_push", PUSH, {"fr": {}}, "en", "translation_empty", "translations.fr"),
        ("web_push", PUSH, {"en": {"title": "x"}}, "en", "translation_of_itself", "translations.en"),
        ("web_push", PUSH, {"xx": {"title": "x"}}, "en", "language_tag", "translations"),
        ("web_push", PUSH, {"fr": {"title": "x"}}, "", "language_needed", "language"),
        ("web_push", PUSH, {}, "qqq", "language_tag", "language"),
        ("web_push", PUSH, {"fr-CA": {"title": "x"}, "FR_ca": {"title": "x"}}, "en", "translation_twice", "translations.FR_ca"),
    ],
)
def test_what_could_never_be_sent_is_refused_with_its_place(
    channel: str, content: dict[str, Any], translations: Translations, language: str, reason: str | None, path: str
) -> None:
    with pytest.raises(InvalidError) as error:
        check_translations(read_translations(message(channel, content, translations, language)))
    assert error.value.data["path"] == path
    assert reason is None or error.value.text.reason == reason


def test_there_are_not_too_many() -> None:
    many = {f"fr-{first}{second}": {"title": "x"} for first in "ABCDEFGH" for second in "ABCDEFGH"}
    with pytest.raises(InvalidError) as error:
        check_translations(message("web_push", PUSH, many))
    assert (error.value.text.reason, error.value.text.parameters["most"]) == ("translations_many", MOST_TRANSLATIONS)


def test_a_translation_may_be_of_what_falls_back_alone() -> None:
    """The default may be a page in HTML, a translation one in MJML."""
    mjml = "<mjml><mj-body><mj-section><mj-column><mj-text>Salut</mj-text></mj-column></mj-section></mj-body></mjml>"
    check_translations(message("email", MAIL, {"fr": {"mjml": mjml}}))


def shown(made: Message, reads: str, **about: Any) -> Any:
    recipient = Recipient({"id": "u"}, {}, {}, "a@example.com", Reader(language=reads))
    return show(made, recipient, SenderSettings("https://r.example", "Shop <s@example.com>"), **about)


def test_faults_are_shown_where_they_stand() -> None:
    made = message(
        "web_push",
        {"title": "Hi {{ event.a }}", "body": "{{ event.b }}"},
        {"fr": {"title": "Salut {{ event.c }}"}, "de": {"title": "{{ event.c }}"}},
        require_values=True,
    )
    french = shown(made, "fr-FR")
    assert (french.language, french.taken) == ("fr", {"body": "en"})
    assert [tuple(each) for each in french.missing] == [("translations.fr.title", "event.c"), ("content.body", "event.b")]
    assert french.unsendable.path == "translations.fr.title"
    german = shown(made, "fr", language="de")
    assert (german.unsendable.reason, german.unsendable.path) == (SkipReason.RENDER_ERROR, "translations.de.title")
    assert shown(made, "it").language == "en"


def test_dates_are_in_the_language_of_the_text() -> None:
    content = {"body": "{{ '2026-07-01' | date: 'long' }}"}
    made = message("sms", content, {"fr": {"body": content["body"] + "."}})
    said = {reads: shown(made, reads).content["body"] for reads in ("fr-CA", "de", "en-GB", "en")}
    assert said == {"fr-CA": "1 juillet 2026.", "de": "July 1, 2026", "en-GB": "1 July 2026", "en": "July 1, 2026"}
    assert shown(message("sms", content, {}, language=""), "de").content["body"] == "1. Juli 2026"


@pytest.mark.parametrize(
    ("known", "told", "wanted"),
    [
        ("fr", ("fr-CA",), "fr-CA"),
        ("fr", (None, "fr_FR", "fr-CA"), "fr-FR"),
        ("fr", ("en-GB", 5, "x" * 100), "fr"),
        (None, (None, "de-AT"), "de-AT"),
        (None, (), "en"),
        ("fr", ("fr_CA.UTF-8",), "fr"),
    ],
)
def test_a_chosen_language_comes_before_what_a_device_tells(known: str | None, told: tuple[Any, ...], wanted: str) -> None:
    assert language_wanted(known, told, "en") == wanted


@given(st.from_regex(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}", fullmatch=True))
def test_a_tag_has_one_spelling_and_ends_with_its_language(tag: str) -> None:
    found = canonical_tag(tag)
    assert canonical_tag(found) == found == canonical_tag(tag.upper()) == canonical_tag(tag.lower())
    tags = list(broader(found))
    assert (tags[0], tags[-1]) == (found, found.partition("-")[0])
