"""The people a rule would match now, without keeping it live: events from history, traits from profiles, combined by the rule's
tree.

Most rules use only events, traits and locations. Then history returns the people with an event that a condition names, and the
state store those with a trait or near a location that it names; everybody else is one case: people with none of these. If that
case matches, they are counted as all people minus the others. Memory is a few bytes per person, whatever the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from relance.events.service import PropertyColumns
from relance.segments.definition.needs import facts_asked
from relance.segments.model import Preview
from relance.segments.query.compile import TruthQuery, answers, fulfil, in_each_zone, name_of
from relance.segments.query.draws import drawn
from relance.segments.query.spots import around, decided, lying, millionths_of
from relance.segments.query.traits import is_own, reader, signs
from relance.segments.rule.conditions import Bucket, Condition, OnTraits, Place, Trait
from relance.segments.rule.own_zone import asks_own_zone, own_zone, rule_asks_own_zone
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions

SAMPLE = 20
_PAGE = 1_000
SPREAD = 10_000  # people, for estimates
_STRETCHES = 100  # of ids, when most people are wanted

Ids = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class PreviewHistory(Protocol):
    """What a preview needs of history."""

    @property
    def columns(self) -> PropertyColumns:
        """Which properties can be read from columns."""
        ...

    def arrays(self, select: sa.Select[Any]) -> list[npt.NDArray[Any]]:
        """The columns of a query's rows."""
        ...


class PreviewPeople(Protocol):
    """The committed people of the app: history is ahead of them while a tick commits. Newcomers have the largest ids."""

    def count(self) -> int:
        """The number of people."""
        ...

    def newest(self) -> int:
        """The largest id, 0 if there is nobody."""
        ...

    def ids(self, after: int, limit: int) -> Sequence[int]:
        """Ids above ``after``, ascending."""
        ...

    def profiles(self, asked: frozenset[str], /) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """(id, traits) of everyone, by id; ``asked`` names the facts wanted besides those always included."""
        ...

    def mentioning(self, signs: Sequence[str], /) -> Iterable[tuple[Sequence[int], Sequence[str]]]:
        """(ids, traits as canonical JSON) of everyone whose traits contain one of these texts, in portions by id.

        Excludes facts that the program determined. May return others, too.
        """
        ...

    def spots(
        self, within: tuple[float, float, float, float], /
    ) -> Iterable[tuple[Sequence[int], Sequence[float], Sequence[float]]]:
        """(ids, latitudes, longitudes) of everyone last known to be in a box, in portions by id; in degrees.

        The box is south, west, north, east; people outside may be returned, too.
        """
        ...


class KnownTruths(NamedTuple):
    """The truth of some conditions for some people, each once; ``otherwise`` holds for everybody else."""

    people: Ids
    truths: Mapping[str, npt.NDArray[Any]]
    otherwise: Mapping[str, bool]


def preview(rule: Rule, app_id: int, past: PreviewHistory, everybody: PreviewPeople, now: int) -> Preview:
    """How many of these people match the expanded rule at ``now``, and their first ids."""
    columns = past.columns
    try:
        return _preview(rule, app_id, past, columns, everybody, now)
    except Exception:  # each engine has errors of its own
        if past.columns == columns:
            raise
        return _preview(rule, app_id, past, past.columns, everybody, now)  # some were dropped meanwhile


def _preview(
    rule: Rule, app_id: int, past: PreviewHistory, columns: PropertyColumns, everybody: PreviewPeople, now: int
) -> Preview:
    if any(_asks_everybody(leaf) for leaf in conditions(rule)):
        return _one_by_one(rule, app_id, past, columns, everybody, now)
    found = answers(rule, app_id, now, columns)
    kept = _of_people(rule, everybody, now)
    of_strangers = [each.otherwise for each in found] + [each.otherwise for each in kept]
    otherwise = {name: truth for each in of_strangers for name, truth in each.items()}
    strangers = bool(_tree(rule, {name: np.array([truth]) for name, truth in otherwise.items()})[0])
    others = _others(rule, found, past, kept, strangers=strangers)
    others = others[others <= everybody.newest()]
    if not strangers:
        return preview_of(others, now)
    count = everybody.count() - int(others.size)
    return Preview(count, _first_but(others, everybody), now, _spread_but(others, everybody))


def _asks_everybody(leaf: Condition) -> bool:
    """Whether everyone may have an individual answer."""
    return isinstance(leaf, Bucket) or (isinstance(leaf, Trait) and not is_own(leaf)) or asks_own_zone(leaf)


def _others(rule: Rule, found: list[TruthQuery], past: PreviewHistory, kept: list[KnownTruths], *, strangers: bool) -> Ids:
    """The people, by id, whose answer differs from a stranger's."""
    if len(found) == 1 and not kept:
        (ids,) = past.arrays(fulfil(rule, found[0], wanted=not strangers))
        return np.sort(ids.astype(np.int64))
    known = [_columns(each, past) for each in found] + kept
    people = np.unique(np.concatenate([each.people for each in known]))
    differs: Bools = _tree(rule, _truths(known, people)) != strangers
    return people[differs]


def _of_people(rule: Rule, everybody: PreviewPeople, now: int) -> list[KnownTruths]:
    """What the rule needs of people."""
    leaves = {name_of(leaf): leaf for leaf in conditions(rule)}
    places = {name: leaf for name, leaf in leaves.items() if isinstance(leaf, Place)}
    traits = {name: leaf for name, leaf in leaves.items() if isinstance(leaf, Trait)}
    known = [_of_places(places, everybody)] if places else []
    return [*known, _of_traits(traits, everybody, now)] if traits else known


def _of_traits(tests: Mapping[str, Trait], everybody: PreviewPeople, now: int) -> KnownTruths:
    """The people whose answer differs from that of someone without traits."""
    predicates = [leaf.predicate for leaf in tests.values()]
    looked_for, read = list(dict.fromkeys(sign for each in predicates for sign in signs(each))), reader(predicates)
    otherwise = {name: bool(decided(leaf, [{}], now)[0]) for name, leaf in tests.items()}
    people: list[Ids] = [np.empty(0, np.int64)]
    truths: dict[str, list[Bools]] = {name: [np.empty(0, np.bool_)] for name in tests}
    for ids, texts in everybody.mentioning(looked_for):
        contents, which = read(texts)
        found = {name: decided(leaf, contents, now)[which] for name, leaf in tests.items()}
        chosen = np.logical_or.reduce([truth != otherwise[name] for name, truth in found.items()])
        people.append(np.array(ids, np.int64)[chosen])
        for name, truth in found.items():
            truths[name].append(truth[chosen])
    return KnownTruths(np.concatenate(people), {name: np.concatenate(parts) for name, parts in truths.items()}, otherwise)


def _of_places(places: Mapping[str, Place], everybody: PreviewPeople) -> KnownTruths:
    """The people last known to be in some of these areas."""
    people: list[Ids] = []
    truths: dict[str, list[Bools]] = {name: [] for name in places}
    for ids, *degrees in everybody.spots(around([leaf.area for leaf in places.values()])):
        latitudes, longitudes = map(millionths_of, degrees)
        inside = {name: lying(leaf.area, latitudes, longitudes) for name, leaf in places.items()}
        chosen = np.logical_or.reduce(list(inside.values()))
        people.append(np.array(ids, np.int64)[chosen])
        for name, truth in inside.items():
            truths[name].append(truth[chosen])
    if not people:
        return KnownTruths(np.empty(0, np.int64), {name: np.empty(0, np.bool_) for name in places}, dict.fromkeys(places, False))
    joined = {name: np.concatenate(parts) for name, parts in truths.items()}
    return KnownTruths(np.concatenate(people), joined, dict.fromkeys(places, False))


def _first_but(others: Ids, everybody: PreviewPeople) -> list[int]:
    """The first people who are none of these."""
    found: list[int] = []
    page: Sequence[int] = everybody.ids(0, _PAGE)
    while page and len(found) < SAMPLE:
        ids = np.array(page, np.int64)
        found += ids[~np.isin(ids, others)].tolist()
        page = everybody.ids(page[-1], _PAGE)
    return found[:SAMPLE]


def _spread_but(others: Ids, everybody: PreviewPeople) -> list[int]:
    """People who are none of these, spread over the ids."""
    newest = everybody.newest()
    step = max(1, newest // _STRETCHES)
    found: list[Ids] = []
    for start in range(0, newest, step):
        ids = np.array(everybody.ids(start, min(step, SPREAD // _STRETCHES)), np.int64)
        found.append(ids[ids <= start + step])
    people = np.concatenate(found) if found else np.empty(0, np.int64)
    return list(people[~np.isin(people, others)][:SPREAD].tolist())


def preview_of(inside: Ids, now: int) -> Preview:
    """A preview of these members, by id."""
    return Preview(int(inside.size), inside[:SAMPLE].tolist(), now, inside[:: max(1, -(-inside.size // SPREAD))].tolist())


def joint_preview(found: Sequence[Preview]) -> Preview:
    """The preview of all people from previews of disjoint groups, as of the earliest instant."""
    count = sum(each.count for each in found)
    sample = sorted(person for each in found for person in each.sample)[:SAMPLE]
    share = min((len(each.spread) / each.count for each in found if each.count), default=1.0)
    spread: list[int] = []
    for each in found:  # in proportion, so that each represents equally many
        size = min(len(each.spread), round(each.count * share))
        spread += [each.spread[place * len(each.spread) // size] for place in range(size)]
    return Preview(count, sample, min(each.at for each in found), sorted(spread))


def _one_by_one(
    rule: Rule, app_id: int, past: PreviewHistory, columns: PropertyColumns, everybody: PreviewPeople, now: int
) -> Preview:
    """If a condition depends on who or where someone is, each person is examined."""
    leaves = {name_of(leaf): leaf for leaf in conditions(rule)}
    tests = {name: leaf for name, leaf in leaves.items() if isinstance(leaf, OnTraits)}
    asked = bool(tests) or rule_asks_own_zone(rule)
    people, truths, zones = _of_profiles(tests, everybody, now) if asked else (_all_ids(everybody), {}, {})
    for name, leaf in leaves.items():
        if isinstance(leaf, Bucket):
            truths[name] = drawn(leaf, people)
    by_zone = in_each_zone(rule, zones, now)
    found = answers(All(tuple(by_zone.values())), app_id, now, columns)
    truths |= _truths([_columns(each, past) for each in found], people)
    holding = _tree(by_zone[""], truths)
    for zone, theirs in zones.items() if len(by_zone) > 1 else ():
        holding[theirs] = _tree(by_zone[zone], truths)[theirs]
    inside = people[holding]
    return preview_of(inside, now)


def _all_ids(everybody: PreviewPeople) -> Ids:
    return np.fromiter(everybody.ids(0, everybody.count()), np.int64)


def _of_profiles(
    tests: Mapping[str, OnTraits], everybody: PreviewPeople, now: int
) -> tuple[Ids, dict[str, Bools], dict[str, list[int]]]:
    """Everyone, the truth of each trait test, and the people of each zone; profiles are released page by page."""
    ids: list[Ids] = []
    truths: dict[str, list[Bools]] = {name: [] for name in tests}
    zones: dict[str, list[int]] = {}
    profiles = iter(everybody.profiles(facts_asked(tests.values())))
    seen = 0
    while page := list(islice(profiles, _PAGE)):
        ids.append(np.fromiter((person for person, _ in page), np.int64, len(page)))
        contents = [traits for _, traits in page]
        for name, leaf in tests.items():
            truths[name].append(decided(leaf, contents, now))
        for place, (_, traits) in enumerate(page, seen):
            if zone := own_zone(traits):
                zones.setdefault(zone, []).append(place)
        seen += len(page)
    if not ids:
        return np.empty(0, np.int64), {name: np.empty(0, np.bool_) for name in tests}, {}
    return np.concatenate(ids), {name: np.concatenate(parts) for name, parts in truths.items()}, zones


def _columns(found: TruthQuery, past: PreviewHistory) -> KnownTruths:
    """The rows of a query, by column."""
    columns = dict(zip(found.select.selected_columns.keys(), past.arrays(found.select), strict=True))
    return KnownTruths(columns["person_id"].astype(np.int64), columns, found.otherwise)


def _truths(known: list[KnownTruths], people: Ids) -> dict[str, Bools]:
    """The truth of every condition, in the order of ``people``."""
    truths: dict[str, Bools] = {}
    for each in known:
        places, present = _places(people, each.people)
        for name, otherwise in each.otherwise.items():
            truth = np.full(people.size, otherwise, np.bool_)
            truth[places] = each.truths[name][present]
            truths[name] = truth
    return truths


def _places(people: Ids, some: Ids) -> tuple[Ids, Bools]:
    """The places of some people, and which of them exist."""
    places = np.searchsorted(people, some)
    present: Bools = places < people.size
    present[present] = people[places[present]] == some[present]
    return places[present], present


def _tree(rule: Rule, truths: Mapping[str, Bools]) -> Bools:
    if isinstance(rule, Not):
        return ~_tree(rule.part, truths)
    if isinstance(rule, All | Any_):
        combine = np.logical_and if isinstance(rule, All) else np.logical_or
        answer: Bools = combine.reduce([_tree(part, truths) for part in rule.parts])
        return answer
    return truths[name_of(rule)]
