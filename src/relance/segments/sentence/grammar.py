"""How a rule is put into words: the tree, with negations moved down to the conditions, and one phrase per kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from relance.segments.rule.conditions import (
    DEVICE_FACTS,
    SESSION,
    VERSION_FACTS,
    VERSIONS,
    Behaviour,
    Bucket,
    Condition,
    Consented,
    Device,
    Entered,
    Happens,
    InSegment,
    Is,
    Lifecycle,
    MessageCondition,
    OnList,
    PersonCondition,
    Place,
    Predicate,
    Relative,
    Rhythm,
    Sequence,
    Subscribed,
    Trait,
    Unopened,
)
from relance.segments.rule.tree import All, Any_, Not, Rule, hundredths
from relance.segments.sentence.english import ENGLISH
from relance.segments.sentence.french import FRENCH
from relance.segments.sentence.values import (
    around,
    bare_window,
    counted,
    dated,
    either,
    in_zone,
    joined,
    length,
    moment,
    number,
    ring,
    scalar,
    values,
    window,
    window_before,
)
from relance.segments.sentence.words import Deed, Language, Words

LANGUAGES: Mapping[Language, Words] = {"en": ENGLISH, "fr": FRENCH}
Standing = Trait | PersonCondition | Device | Subscribed | Consented | Place | OnList | InSegment
#: The negated comparison.
CONTRARY = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}
GENERAL = Consented.__struct_defaults__[0]
DEFAULT_SALT = Bucket.__struct_defaults__[-1]


class Names(NamedTuple):
    """Names of what a rule refers to by number; without a name the number is used."""

    segments: Mapping[int, str] = {}
    lists: Mapping[int, str] = {}
    messages: Mapping[int, str] = {}
    journeys: Mapping[int, str] = {}


def sentence(rule: Rule, language: Language = "en", names: Names = Names()) -> str:  # noqa: B008 - immutable
    """The rule in words, without a capital or a full stop: it continues "Everybody who"."""
    return _Speaker(LANGUAGES[language], names).rule(rule, negated=False, nested=False)


class _Speaker(NamedTuple):
    """One language, with the names to use."""

    words: Words
    names: Names

    def rule(self, rule: Rule, *, negated: bool, nested: bool) -> str:
        if isinstance(rule, Not):
            return self.rule(rule.part, negated=not negated, nested=nested)
        if not isinstance(rule, All | Any_):
            return self.condition(rule, negated)
        # not (a and b) is: not a, or not b
        together = isinstance(rule, All) is not negated
        parts = list(_flat(rule, negated, together))
        said = [self.rule(part, negated=no, nested=nested or len(parts) > 1) for part, no in parts]
        if len(said) == 1:
            return said[0]
        text = joined(self.words, said, self.words.and_ if together else self.words.or_)
        return f"({text})" if nested else text

    def condition(self, condition: Condition, negated: bool) -> str:
        if isinstance(condition, Behaviour):
            return self.behaviour(condition, negated)
        if isinstance(condition, MessageCondition):
            return self.message(condition, negated)
        if isinstance(condition, Sequence):
            return self.sequence(condition, negated)
        if isinstance(condition, Lifecycle):
            return self.lifecycle(condition, negated)
        if isinstance(condition, Rhythm):
            return self.words.rhythm[negated].format(number(self.words, hundredths(condition.times) / 100))
        if isinstance(condition, Unopened):
            return counted(self.words, self.words.unopened[negated], condition.last, about=self.about(condition))
        if isinstance(condition, Entered):
            return self.entered(condition, negated)
        if isinstance(condition, Bucket):
            return self.bucket(condition, negated)
        return self.standing(condition, negated)

    def standing(self, condition: Standing, negated: bool) -> str:
        """A state, regardless of what the person did."""
        words = self.words
        if isinstance(condition, Trait):
            return self.test(condition.predicate, "is_not" if negated else "is_so")
        if isinstance(condition, PersonCondition):
            return self.fact(condition, negated)
        if isinstance(condition, Device):
            return self.device(condition, negated)
        if isinstance(condition, Subscribed):
            return words.subscriptions[condition.state][negated].format(self.channel(condition.channel))
        if isinstance(condition, Consented):
            topic = words.any_topic if condition.topic == GENERAL else words.quote.format(condition.topic)
            return words.consents[condition.state][negated].format(topic, self.channel(condition.channel))
        if isinstance(condition, Place):
            return self.place(condition, negated)
        if isinstance(condition, OnList):
            return words.list[negated].format(self.named(self.names.lists, condition.list, words.segment_number))
        return words.segment[negated].format(self.named(self.names.segments, condition.segment, words.segment_number))

    # -- what a person did ---------------------------------------------------------------------------------------------------

    def behaviour(self, condition: Behaviour, negated: bool) -> str:
        aggregate = condition.aggregate
        if aggregate == "count":
            where = self.where(condition.where)
            return self.how_often(condition, self.deed(condition.event), where, negated)
        if aggregate in ("days", "distinct"):
            return self.how_many(condition, negated)
        if aggregate in ("first", "last"):
            return self.when(condition, negated)
        return self.total(condition, negated)

    def message(self, condition: MessageCondition, negated: bool) -> str:
        deed = self.words.messages[condition.did]
        plain, none = self.about_object(condition)
        said = Deed(deed.did.format(plain), deed.not_done.format(none), deed.never.format(none))
        return self.how_often(condition, said, "", negated)

    def how_often(self, condition: Behaviour | MessageCondition, deed: Deed, where: str, negated: bool) -> str:
        """ "did “X” at least twice this week"; never, and at least once, have phrases of their own."""
        bounds = _bounds(condition)
        when = window(self.words, condition.window)
        if bounds == ((1, None) if negated else (0, 0)):
            return (deed.not_done if condition.window else deed.never) + where + when
        if bounds == ((0, 0) if negated else (1, None)):
            return deed.did + where + when
        compare = CONTRARY.get(condition.compare) if negated else condition.compare
        if compare is None:
            return f"{deed.not_done}{where} {self.times(condition.compare, condition.value)}{when}"
        return f"{deed.did}{where} {self.times(compare, condition.value)}{when}"

    def times(self, compare: str, value: object) -> str:
        words = self.words
        if isinstance(value, tuple):
            return words.count[compare].format(*(number(words, int(each)) for each in value))
        count = int(value)  # type: ignore[call-overload]
        if count == 1 and f"{compare} 1" in words.count:
            return words.count[f"{compare} 1"]
        said = {1: words.once, 2: words.twice}.get(count) if compare != "<" else None
        return words.count[compare].format(said or words.times.format(number(words, count)))

    def how_many(self, condition: Behaviour, negated: bool) -> str:
        """ "did “X” on at least 3 different days", "with at least 3 different values of category"."""
        words, compare = self.words, CONTRARY.get(condition.compare) if negated else condition.compare
        deed = self.deed(condition.event)
        amounts = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        said = words.plain[compare or condition.compare].format(*(number(words, int(each)) for each in amounts))  # type: ignore[arg-type]
        forms = words.days if condition.aggregate == "days" else words.values
        form = forms.one if amounts == (1,) else forms.many
        zone = condition.zone if condition.zone != getattr(condition.window, "zone", None) else None
        what = form.format(said, condition.property_) + in_zone(words, zone)
        done = deed.not_done if compare is None else deed.did
        return f"{done}{self.where(condition.where)} {what}{window(words, condition.window)}"

    def total(self, condition: Behaviour, negated: bool) -> str:
        """ "has a total price of at least 100 from “X” in the last 30 days"."""
        words = self.words
        amounts = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        amount = words.amount[condition.compare].format(*(number(words, each) for each in amounts))  # type: ignore[arg-type]
        event = words.quote.format(condition.event) + self.where(condition.where)
        said = words.total[condition.aggregate][negated].format(property=condition.property_, amount=amount, event=event)
        return said + window(words, condition.window)

    def when(self, condition: Behaviour, negated: bool) -> str:
        """ "did “X” for the last time at least 30 days ago"."""
        words, deed = self.words, self.deed(condition.event)
        done = (deed.not_done if negated else deed.did) + self.where(condition.where)
        template = words.first_time if condition.aggregate == "first" else words.last_time
        only = "" if condition.window is None else words.only.format(bare_window(words, condition.window))
        value = condition.value
        return f"{template.format(done)} {self.moment(condition.compare, value)}{in_zone(words, condition.zone)}{only}"

    def moment(self, compare: str, value: object) -> str:
        words = self.words
        if isinstance(value, tuple):
            low, high = value
            return words.moment["between"].format(moment(words, low), moment(words, high, to_the_minute=True))
        if isinstance(value, Relative):
            way, text = ("ago", value.ago) if value.ago is not None else ("in", value.in_)
            return words.moment[f"{compare} {way}"].format(length(words, text or ""))
        return words.moment[compare].format(dated(words, str(value), to_the_minute=compare == "<="))

    def sequence(self, condition: Sequence, negated: bool) -> str:
        words, deed = self.words, self.deed(condition.first.event)
        done = (deed.not_done if condition.window else deed.never) if negated else deed.did
        link = (words.without if negated else words.unfollowed) if condition.absent else words.followed
        first = done + self.where(condition.first.where) + window(words, condition.window)
        same = "" if condition.on is None else words.same.format(condition.on)
        return first + link.format(self.step(condition.then), length(words, condition.within)) + same

    def lifecycle(self, condition: Lifecycle, negated: bool) -> str:
        words, deed, where = self.words, self.deed(condition.event), self.where(condition.where)
        return words.stages[condition.stage][negated].format(
            did=deed.did + where,
            doing=deed.doing + where,
            last=bare_window(words, condition.window),
            before=window_before(words, condition.window),
        )

    def deed(self, event: str) -> Deed:
        if event == SESSION:
            return self.words.session
        name = self.words.quote.format(event)
        return Deed(*(form.format(name) for form in self.words.deed))

    def step(self, step: Happens) -> str:
        return self.words.quote.format(step.event) + self.where(step.where)

    # -- properties and traits -------------------------------------------------------------------------------------------------

    def where(self, predicates: tuple[Predicate, ...]) -> str:
        if not predicates:
            return ""
        return self.words.with_.format(joined(self.words, [self.test(each, "with_") for each in predicates], self.words.and_))

    def test(self, predicate: Predicate, form: str) -> str:
        words, value = self.words, predicate.value
        if predicate.where:
            such = joined(words, [self.test(each, "with_") for each in predicate.where], words.and_)
            containing: str = getattr(words.tests["has_where"], form)
            return containing.format(predicate.property, such)
        if isinstance(value, Relative):
            way, text = ("ago", value.ago) if value.ago is not None else ("in", value.in_)
            template: str = getattr(words.relative[f"{predicate.is_} {way}"], form)
            return template.format(predicate.property, length(words, text or ""))
        template = getattr(words.tests[predicate.is_], form)
        if predicate.is_ in ("before", "after"):
            return template.format(predicate.property, dated(words, str(value)))
        quoted = not predicate.is_.startswith("version")
        said = [scalar(words, each) if quoted else str(each) for each in values(value)]
        if predicate.is_ in ("in", "not_in"):
            said = [either(words, said)]
        return template.format(predicate.property, *said)

    def fact(self, condition: PersonCondition, negated: bool) -> str:
        is_ = condition.is_
        if condition.name in DEVICE_FACTS and is_ == "has":
            is_ = "device_has"  # type: ignore[assignment] # a form of words, no operator
        elif condition.name in VERSION_FACTS:
            negated ^= is_ == "!="
            is_ = "version_is" if is_ == "!=" else _version_words(is_)
        said = Predicate(self.words.facts[condition.name], is_, condition.value)
        test = self.test(said, "is_not" if negated else "is_so")
        return test if condition.default is None else test + self.words.unknown_is.format(scalar(self.words, condition.default))

    def device(self, condition: Device, negated: bool) -> str:
        """ "has a device with the operating system “iOS” and the app version 2.3 or newer"."""
        said = [
            Predicate(
                self.words.facts[each.name], _version_words(each.is_) if each.name in VERSION_FACTS else each.is_, each.value
            )
            for each in condition.where
        ]
        return self.words.device[negated] + self.where(tuple(said))

    def place(self, condition: Place, negated: bool) -> str:
        if condition.circle is not None:
            return self.words.within[negated].format(*around(self.words, condition.circle))
        return self.words.inside[negated].format(ring(self.words, condition.polygon or ()))

    def entered(self, condition: Entered, negated: bool) -> str:
        words, circle = self.words, condition.circle
        deed = words.came_inside if circle is None else words.came_within
        form = deed.did if not negated else deed.not_done if condition.window else deed.never
        area = (ring(words, condition.polygon or ()),) if circle is None else around(words, circle)
        return form.format(*area) + window(words, condition.window)

    def channel(self, name: str) -> str:
        return self.words.channels.get(name, name)

    # -- messages, segments, chance ----------------------------------------------------------------------------------------------

    def named(self, names: Mapping[int, str], id_: int, numbered: str) -> str:
        return self.words.quote.format(names[id_]) if id_ in names else numbered.format(id_)

    def about_object(self, condition: MessageCondition) -> tuple[str, str]:
        """The messages meant, for affirmative and for negated statements."""
        words, rest = self.words, self.about(condition, but_message=True)
        if condition.message is None:
            return words.a_message + rest, words.any_message + rest
        if condition.message in self.names.messages:
            one = words.message_named.format(words.quote.format(self.names.messages[condition.message]))
        else:
            one = words.message_number.format(condition.message)
        return one + rest, one + rest

    def about(self, condition: MessageCondition | Unopened, *, but_message: bool = False) -> str:
        words, said = self.words, ""
        if condition.message is not None and not but_message:
            said += f" {self.named(self.names.messages, condition.message, words.journey_number)}"
        if condition.journey is not None:
            said += words.of_journey.format(self.named(self.names.journeys, condition.journey, words.journey_number))
        if condition.channel is not None:
            said += words.by_channel.format(self.channel(condition.channel))
        return said

    def bucket(self, condition: Bucket, negated: bool) -> str:
        words = self.words
        start, end = (words.percent.format(number(words, hundredths(each) / 100)) for each in (condition.from_, condition.to))
        said = words.slice[negated].format(start, end) if hundredths(condition.from_) else words.bucket[negated].format(end)
        return said if condition.salt == DEFAULT_SALT else said + words.draw.format(words.quote.format(condition.salt))


def _flat(rule: Rule, negated: bool, together: bool) -> Iterator[tuple[Rule, bool]]:
    """The parts joined by one word, each with whether it is negated; nested groups of the same word are merged."""
    if isinstance(rule, Not):
        yield from _flat(rule.part, not negated, together)
    elif isinstance(rule, All | Any_) and (len(rule.parts) == 1 or (isinstance(rule, All) is not negated) is together):
        for part in rule.parts:
            yield from _flat(part, negated, together)
    else:
        yield rule, negated


def _version_words(is_: str) -> Is:
    """The operator whose words fit versions, which are written without quotation marks."""
    return "version_between" if is_ == "between" else VERSIONS.get(is_, is_)  # type: ignore[return-value,arg-type]


def _bounds(condition: Behaviour | MessageCondition) -> tuple[int, int | None]:
    if isinstance(condition, MessageCondition):
        return Behaviour("", compare=condition.compare, value=condition.value).bounds
    return condition.bounds
