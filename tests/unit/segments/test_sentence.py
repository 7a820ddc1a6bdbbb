"""Every rule reads as a sentence that says what it means."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from relance.segments.errors import RuleError
from relance.segments.rule.tree import canonical, parse_rule
from relance.segments.sentence import Language, Names, sentence
from tests.unit.segments import whole_language

BOUGHT: dict[str, Any] = {"kind": "behaviour", "event": "Order Completed"}
PRO: dict[str, Any] = {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}
NAMES = Names(segments={3: "VIP"}, messages={7: "Cart reminder"}, journeys={2: "Abandoned cart"})

LANGUAGES: tuple[Language, ...] = ("en", "fr")


@pytest.mark.parametrize(
    ("data", "english", "french"),  # a tilde stands for a no-break space
    [
        (
            {"kind": "person", "name": "country", "is": "in", "value": ["FR", "BE"], "default": "FR"},
            "the country is “FR” or “BE” (“FR” where it is not known)",
            "le pays est «~FR~» ou «~BE~» («~FR~» s’il n’est pas connu)",
        ),
        (
            {"not": {"kind": "person", "name": "country", "is": "=", "value": "FR", "default": "FR"}},
            "the country is not “FR” (“FR” where it is not known)",
            "le pays n’est pas «~FR~» («~FR~» s’il n’est pas connu)",
        ),
        (
            BOUGHT,
            "did “Order Completed”",
            "a fait «~Order Completed~»",
        ),
        (
            {**BOUGHT, "window": {"last": "2d"}},
            "did “Order Completed” in the last 2 days",
            "a fait «~Order Completed~» au cours des 2 derniers jours",
        ),
        (
            {"not": {**BOUGHT, "window": {"last": "2d"}}},
            "has not done “Order Completed” in the last 2 days",
            "n’a pas fait «~Order Completed~» au cours des 2 derniers jours",
        ),
        (
            {"not": BOUGHT},
            "has never done “Order Completed”",
            "n’a jamais fait «~Order Completed~»",
        ),
        (
            {**BOUGHT, "value": 2, "window": {"last": "30d"}},
            "did “Order Completed” at least twice in the last 30 days",
            "a fait «~Order Completed~» au moins 2 fois au cours des 30 derniers jours",
        ),
        (
            {"not": {**BOUGHT, "value": 2, "window": {"last": "30d"}}},
            "did “Order Completed” fewer than 2 times in the last 30 days",
            "a fait «~Order Completed~» moins de 2 fois au cours des 30 derniers jours",
        ),
        (
            {**BOUGHT, "compare": ">", "value": 1},
            "did “Order Completed” more than once",
            "a fait «~Order Completed~» plus d’une fois",
        ),
        (
            {**BOUGHT, "compare": "<", "value": 3},
            "did “Order Completed” fewer than 3 times",
            "a fait «~Order Completed~» moins de 3 fois",
        ),
        (
            {**BOUGHT, "compare": "=", "value": 1},
            "did “Order Completed” exactly once",
            "a fait «~Order Completed~» exactement une fois",
        ),
        (
            {"not": {**BOUGHT, "compare": "=", "value": 2}},
            "has not done “Order Completed” exactly twice",
            "n’a pas fait «~Order Completed~» exactement 2 fois",
        ),
        (
            {**BOUGHT, "compare": "<=", "value": 0, "window": {"calendar": "this_week"}},
            "has not done “Order Completed” this week",
            "n’a pas fait «~Order Completed~» cette semaine",
        ),
        (
            {**BOUGHT, "compare": "between", "value": [2, 5], "window": {"ago": ["60d", "30d"]}},
            "did “Order Completed” between 2 and 5 times between 30 and 60 days ago",
            "a fait «~Order Completed~» entre 2 et 5 fois il y a entre 30 et 60 jours",
        ),
        (
            {
                **BOUGHT,
                "where": [
                    {"property": "total", "is": ">", "value": 50},
                    {"property": "category", "is": "in", "value": ["shoes", "bags"]},
                ],
                "window": {"last": "1w"},
            },
            "did “Order Completed” with total over 50 and category “shoes” or “bags” in the last week",
            "a fait «~Order Completed~» avec total au-dessus de 50 et category «~shoes~» ou «~bags~» au cours de "
            "la dernière semaine",
        ),
        (
            {**BOUGHT, "aggregate": "sum", "property": "total", "value": 100, "window": {"last": "90d"}},
            "has total adding up to at least 100 over “Order Completed” in the last 90 days",
            "a un cumul de total d’au moins 100 sur «~Order Completed~» au cours des 90 derniers jours",
        ),
        (
            {"not": {**BOUGHT, "aggregate": "sum", "property": "total", "value": 100, "window": {"last": "90d"}}},
            "does not have total adding up to at least 100 over “Order Completed” in the last 90 days",
            "n’a pas un cumul de total d’au moins 100 sur «~Order Completed~» au cours des 90 derniers jours",
        ),
        (
            {**BOUGHT, "aggregate": "average", "property": "total", "compare": "between", "value": [20.5, 1000]},
            "has total averaging between 20.5 and 1,000 over “Order Completed”",
            "a une moyenne de total entre 20,5 et 1~000 sur «~Order Completed~»",
        ),
        (
            {**BOUGHT, "aggregate": "max", "property": "total", "compare": "<", "value": 5},
            "has a highest total of less than 5 from “Order Completed”",
            "a un maximum de total de moins de 5 sur «~Order Completed~»",
        ),
        (
            {**BOUGHT, "aggregate": "min", "property": "total", "compare": "=", "value": 5},
            "has a lowest total of exactly 5 from “Order Completed”",
            "a un minimum de total d’exactement 5 sur «~Order Completed~»",
        ),
        (
            {**BOUGHT, "aggregate": "distinct", "property": "category", "value": 3, "window": {"after_first": "7d"}},
            "did “Order Completed” with at least 3 different values of category in their first 7 days",
            "a fait «~Order Completed~» avec au moins 3 valeurs différentes de category dans ses 7 premiers jours",
        ),
        (
            {**BOUGHT, "aggregate": "days", "value": 3, "zone": "Europe/Paris", "window": {"last": "30d"}},
            "did “Order Completed” on at least 3 different days (Europe/Paris time) in the last 30 days",
            "a fait «~Order Completed~» pendant au moins 3 jours différents (fuseau Europe/Paris) au cours des 30 derniers jours",
        ),
        (
            {
                **BOUGHT,
                "aggregate": "days",
                "compare": "=",
                "value": 1,
                "zone": "Europe/Paris",
                "window": {"calendar": "last_month", "zone": "Europe/Paris"},
            },
            "did “Order Completed” on exactly 1 day last month (Europe/Paris time)",
            "a fait «~Order Completed~» pendant exactement 1 jour le mois dernier (fuseau Europe/Paris)",
        ),
        (
            {**BOUGHT, "aggregate": "first", "value": {"ago": "30d"}},
            "did “Order Completed” for the first time at most 30 days ago",
            "a fait «~Order Completed~» pour la première fois il y a au plus 30 jours",
        ),
        (
            {"not": {**BOUGHT, "aggregate": "last", "compare": "<=", "value": {"ago": "30d"}}},
            "has not done “Order Completed” for the last time at least 30 days ago",
            "n’a pas fait «~Order Completed~» pour la dernière fois il y a au moins 30 jours",
        ),
        (
            {
                **BOUGHT,
                "aggregate": "last",
                "compare": "<=",
                "value": "2026-01-01",
                "zone": "Europe/Paris",
                "window": {"last": "60d"},
            },
            "did “Order Completed” for the last time on 1 January 2026 at 00:00 or earlier (Europe/Paris time) "
            "(only in the last 60 days)",
            "a fait «~Order Completed~» pour la dernière fois le 1er janvier 2026 à 00:00 ou avant (fuseau "
            "Europe/Paris) (seulement au cours des 60 derniers jours)",
        ),
        (
            {**BOUGHT, "aggregate": "first", "compare": "between", "value": ["2026-01-01", {"ago": "3d"}]},
            "did “Order Completed” for the first time between 1 January 2026 and 3 days ago",
            "a fait «~Order Completed~» pour la première fois entre le 1er janvier 2026 et il y a 3 jours",
        ),
        (
            {**BOUGHT, "window": {"from": "2026-01-01", "to": "2026-02-01"}},
            "did “Order Completed” from 1 January 2026 to 31 January 2026",
            "a fait «~Order Completed~» du 1er janvier 2026 au 31 janvier 2026",
        ),
        (
            {**BOUGHT, "window": {"from": "2026-01-01", "to": "2026-01-02"}},
            "did “Order Completed” on 1 January 2026",
            "a fait «~Order Completed~» le 1er janvier 2026",
        ),
        (
            {**BOUGHT, "window": {"from": "2026-01-31T09:00:00+01:00"}},
            "did “Order Completed” since 31 January 2026 at 09:00 (UTC+01:00)",
            "a fait «~Order Completed~» depuis le 31 janvier 2026 à 09:00 (UTC+01:00)",
        ),
        (
            {**BOUGHT, "window": {"to": "2026-02-01", "zone": "Europe/Paris"}},
            "did “Order Completed” before 1 February 2026 (Europe/Paris time)",
            "a fait «~Order Completed~» avant le 1er février 2026 (fuseau Europe/Paris)",
        ),
        (
            PRO,
            "plan is “pro”",
            "plan est «~pro~»",
        ),
        (
            {"not": PRO},
            "plan is not “pro”",
            "plan n’est pas «~pro~»",
        ),
        (
            {"kind": "trait", "name": "age", "is": "between", "value": [18, 25]},
            "age is from 18 to 25",
            "age va de 18 à 25",
        ),
        (
            {"kind": "trait", "name": "plan", "is": "not_in", "value": ["pro", "team", "x"]},
            "plan is not “pro”, “team” or “x”",
            "plan n’est pas «~pro~», «~team~» ou «~x~»",
        ),
        (
            {"kind": "trait", "name": "renews_at", "is": "before", "value": {"in": "7d"}},
            "renews_at is less than 7 days from now",
            "renews_at est dans moins de 7 jours",
        ),
        (
            {"kind": "trait", "name": "seen", "is": "before", "value": {"ago": "30d"}},
            "seen is more than 30 days ago",
            "seen date de plus de 30 jours",
        ),
        (
            {"kind": "trait", "name": "seen", "is": "after", "value": "2026-01-01"},
            "seen is on 1 January 2026 or later",
            "seen est le 1er janvier 2026 ou après",
        ),
        (
            {"kind": "trait", "name": "version", "is": "version_from", "value": "2.10"},
            "version is 2.10 or newer",
            "version est la 2.10 ou une plus récente",
        ),
        (
            {"not": {"kind": "trait", "name": "interests", "is": "has", "value": "garden"}},
            "interests does not include “garden”",
            "interests ne comprend pas «~garden~»",
        ),
        (
            {
                "kind": "sequence",
                "first": {"event": "Product Added"},
                "then": {"event": "Order Completed"},
                "within": "2h",
                "absent": True,
                "on": "cart_id",
                "window": {"last": "2d"},
            },
            "did “Product Added” in the last 2 days but not “Order Completed” within 2 hours with the same cart_id",
            "a fait «~Product Added~» au cours des 2 derniers jours mais pas «~Order Completed~» sous 2 heures "
            "avec le même cart_id",
        ),
        (
            {"kind": "sequence", "first": {"event": "Product Added"}, "then": {"event": "Order Completed"}, "within": "2h"},
            "did “Product Added” and then “Order Completed” within 2 hours",
            "a fait «~Product Added~» puis «~Order Completed~» sous 2 heures",
        ),
        (
            {
                "not": {
                    "kind": "sequence",
                    "first": {"event": "Product Added"},
                    "then": {"event": "Order Completed"},
                    "within": "2h",
                }
            },
            "has never done “Product Added” and then “Order Completed” within 2 hours",
            "n’a jamais fait «~Product Added~» puis «~Order Completed~» sous 2 heures",
        ),
        (
            {
                "not": {
                    "kind": "sequence",
                    "first": {"event": "Product Added"},
                    "then": {"event": "Order Completed"},
                    "within": "2h",
                    "absent": True,
                    "window": {"last": "2d"},
                }
            },
            "has not done “Product Added” in the last 2 days without “Order Completed” within 2 hours",
            "n’a pas fait «~Product Added~» au cours des 2 derniers jours sans «~Order Completed~» sous 2 heures",
        ),
        (
            {"kind": "rhythm", "times": 2.5},
            "has been away for more than 2.5 times their usual gap between sessions",
            "est absente depuis plus de 2,5 fois son délai habituel entre deux sessions",
        ),
        (
            {"not": {"kind": "rhythm", "times": 2}},
            "has not been away for more than 2 times their usual gap between sessions",
            "n’est pas absente depuis plus de 2 fois son délai habituel entre deux sessions",
        ),
        (
            {"kind": "lifecycle", "stage": "first", "event": "Order Completed", "window": {"last": "30d"}},
            "did “Order Completed” for the first time in the last 30 days",
            "a fait «~Order Completed~» pour la première fois au cours des 30 derniers jours",
        ),
        (
            {"kind": "lifecycle", "stage": "stopped", "event": "Order Completed", "window": {"last": "30d"}},
            "stopped doing “Order Completed” in the last 30 days (after doing so in the 30 days before)",
            "a cessé de faire «~Order Completed~» au cours des 30 derniers jours (après l’avoir fait les 30 jours d’avant)",
        ),
        (
            {"kind": "lifecycle", "stage": "resumed", "event": "Order Completed", "window": {"last": "30d"}},
            "started doing “Order Completed” again in the last 30 days (after none in the 30 days before)",
            "a recommencé à faire «~Order Completed~» au cours des 30 derniers jours (sans l’avoir fait les 30 jours d’avant)",
        ),
        (
            {"kind": "lifecycle", "stage": "first", "event": "Order Completed", "window": {"calendar": "this_month"}},
            "did “Order Completed” for the first time this month",
            "a fait «~Order Completed~» pour la première fois ce mois-ci",
        ),
        (
            {
                "kind": "lifecycle",
                "stage": "first",
                "event": "session_started",
                "window": {"from": "2026-03-01", "to": "2026-03-16", "zone": "person"},
            },
            "started a session for the first time from 1 March 2026 to 15 March 2026 (their own time)",
            "a lancé une session pour la première fois du 1er mars 2026 au 15 mars 2026 (à l’heure de chacun)",
        ),
        (
            {"kind": "lifecycle", "stage": "first", "event": "Order Completed", "window": {"ago": ["60d", "30d"]}},
            "did “Order Completed” for the first time between 30 and 60 days ago",
            "a fait «~Order Completed~» pour la première fois il y a entre 30 et 60 jours",
        ),
        (
            {"not": {"kind": "lifecycle", "stage": "first", "event": "Order Completed", "window": {"after_first": "7d"}}},
            "did not start doing “Order Completed” in their first 7 days",
            "n’a pas commencé à faire «~Order Completed~» dans ses 7 premiers jours",
        ),
        (
            {"kind": "lifecycle", "stage": "stopped", "event": "Order Completed", "window": {"calendar": "this_quarter"}},
            "stopped doing “Order Completed” this quarter (after doing so in the quarter before)",
            "a cessé de faire «~Order Completed~» ce trimestre (après l’avoir fait le trimestre d’avant)",
        ),
        (
            {"kind": "lifecycle", "stage": "resumed", "event": "Order Completed", "window": {"calendar": "last_year"}},
            "started doing “Order Completed” again last year (after none in the year before)",
            "a recommencé à faire «~Order Completed~» l’année dernière (sans l’avoir fait l’année d’avant)",
        ),
        (
            {"not": {"kind": "lifecycle", "stage": "first", "event": "Order Completed", "window": {"last": "30d"}}},
            "did not start doing “Order Completed” in the last 30 days",
            "n’a pas commencé à faire «~Order Completed~» au cours des 30 derniers jours",
        ),
        (
            {"not": {"kind": "lifecycle", "stage": "stopped", "event": "Order Completed", "window": {"last": "30d"}}},
            "did not stop doing “Order Completed” in the last 30 days (after doing so in the 30 days before)",
            "n’a pas cessé de faire «~Order Completed~» au cours des 30 derniers jours (après l’avoir fait les 30 jours d’avant)",
        ),
        (
            {"not": {"kind": "lifecycle", "stage": "resumed", "event": "Order Completed", "window": {"last": "30d"}}},
            "did not start doing “Order Completed” again in the last 30 days (after none in the 30 days before)",
            "n’a pas recommencé à faire «~Order Completed~» au cours des 30 derniers jours (sans l’avoir fait "
            "les 30 jours d’avant)",
        ),
        (
            {"kind": "message", "did": "opened"},
            "opened a message",
            "a ouvert un message",
        ),
        (
            {"not": {"kind": "message", "did": "opened", "window": {"last": "30d"}}},
            "has not opened any message in the last 30 days",
            "n’a pas ouvert un seul message au cours des 30 derniers jours",
        ),
        (
            {"kind": "message", "did": "clicked", "message": 7, "value": 2},
            "clicked the message “Cart reminder” at least twice",
            "a cliqué sur le message «~Cart reminder~» au moins 2 fois",
        ),
        (
            {"not": {"kind": "message", "did": "received", "journey": 2, "channel": "email"}},
            "has never received any message of the journey “Abandoned cart” by e-mail",
            "n’a jamais reçu un seul message du parcours «~Abandoned cart~» par e-mail",
        ),
        (
            {"kind": "message", "did": "unsubscribed", "compare": "=", "value": 0, "message": 9},
            "has never unsubscribed through message 9",
            "ne s’est jamais désabonnée par le message 9",
        ),
        (
            {"kind": "unopened", "last": 5, "channel": "email"},
            "left the last 5 messages by e-mail unopened",
            "a laissé les 5 derniers messages par e-mail sans les ouvrir",
        ),
        (
            {"not": {"kind": "unopened", "last": 1}},
            "has not left the last message unopened",
            "n’a pas laissé le dernier message sans l’ouvrir",
        ),
        (
            {"kind": "unopened", "last": 3, "journey": 2, "message": 7},
            "left the last 3 messages “Cart reminder” of the journey “Abandoned cart” unopened",
            "a laissé les 3 derniers messages «~Cart reminder~» du parcours «~Abandoned cart~» sans les ouvrir",
        ),
        (
            {"kind": "segment", "segment": 3},
            "is in the segment “VIP”",
            "est dans le segment «~VIP~»",
        ),
        (
            {"not": {"kind": "segment", "segment": 9}},
            "is not in the segment number 9",
            "n’est pas dans le segment numéro 9",
        ),
        (
            {"kind": "bucket", "to": 10},
            "is in a random 10% of people",
            "fait partie de 10~% des personnes tirées au sort",
        ),
        (
            {"not": {"kind": "bucket", "from": 10, "to": 22.5, "salt": "spring"}},
            "is not in the random slice of people from 10% to 22.5% (draw “spring”)",
            "ne fait pas partie de la tranche tirée au sort de 10~% à 22,5~% des personnes (tirage «~spring~»)",
        ),
        (
            {"all": [{"kind": "behaviour", "event": "Product Added", "window": {"last": "2d"}}, {"not": BOUGHT}, PRO]},
            "did “Product Added” in the last 2 days, has never done “Order Completed” and plan is “pro”",
            "a fait «~Product Added~» au cours des 2 derniers jours, n’a jamais fait «~Order Completed~» et plan est «~pro~»",
        ),
        (
            {"not": {"all": [BOUGHT, {"any": [PRO, {"kind": "segment", "segment": 3}]}]}},
            "has never done “Order Completed” or (plan is not “pro” and is not in the segment “VIP”)",
            "n’a jamais fait «~Order Completed~» ou (plan n’est pas «~pro~» et n’est pas dans le segment «~VIP~»)",
        ),
        (
            {"kind": "behaviour", "event": "session_started", "compare": "<", "value": 2, "window": {"last": "1d"}},
            "started a session fewer than 2 times in the last day",
            "a lancé une session moins de 2 fois au cours du dernier jour",
        ),
        (
            {"all": [{"not": {"any": [BOUGHT, {"all": [PRO]}]}}, {"all": [{"kind": "bucket", "to": 10}]}]},
            "has never done “Order Completed”, plan is not “pro” and is in a random 10% of people",
            "n’a jamais fait «~Order Completed~», plan n’est pas «~pro~» et fait partie de 10~% des personnes tirées au sort",
        ),
        (
            {"any": [BOUGHT, {"not": {"any": [PRO, {"not": {"kind": "segment", "segment": 3}}]}}]},
            "did “Order Completed” or (plan is not “pro” and is in the segment “VIP”)",
            "a fait «~Order Completed~» ou (plan n’est pas «~pro~» et est dans le segment «~VIP~»)",
        ),
        (
            {"all": [{"any": [PRO, BOUGHT]}]},
            "plan is “pro” or did “Order Completed”",
            "plan est «~pro~» ou a fait «~Order Completed~»",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(data: Any, english: str, french: str) -> None:
    rule = parse_rule(data)
    assert sentence(rule, "en", NAMES) == english
    assert re.sub("[\u00a0\u202f]", "~", sentence(rule, "fr", NAMES)) == french


@settings(deadline=None)
@given(whole_language.rules)
def test_every_rule_has_a_sentence_without_a_place_left_empty(data: Any) -> None:
    rule = parse_rule(data)
    for language in LANGUAGES:
        said = sentence(rule, language, NAMES)
        assert said
        assert not re.search(r"[{}]|None|  | $|^ ", said), said


@pytest.mark.slow
@settings(deadline=None, max_examples=600, suppress_health_check=list(HealthCheck))
@given(st.one_of(*(st.tuples(kind, kind) for kind in whole_language.KIND_DATA)), st.data())
def test_conditions_that_differ_in_one_member_read_otherwise(pair: tuple[Any, Any], data: st.DataObject) -> None:
    one, other = pair
    name = data.draw(st.sampled_from(sorted(other)))
    neighbour = {**one, name: other[name]}
    try:
        changed = parse_rule(neighbour)
    except RuleError:
        reject()
    rule = parse_rule(one)
    if canonical(rule) != canonical(changed):
        for language in LANGUAGES:
            assert sentence(rule, language) != sentence(changed, language)
