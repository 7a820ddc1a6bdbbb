"""Explanations of why a person is, or is not, in a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.core.encoding import to_json
from relance.segments.definition.evidence import Measure
from relance.segments.definition.explain import Decisive, Explained
from relance.segments.service import parse_rule, to_data
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, PersonId, SegmentId
from relance.web.api.segments import RuleForm, checked_rule
from relance.web.api.sentences import Sentences, in_words
from relance.web.api.services import Services


class ExplainedPart(msgspec.Struct, frozen=True):
    """One part of a rule, as written. A group has ``parts``; a condition has the other fields.

    ``sentence`` words a condition, or a ``not`` of one condition. ``segment`` marks a condition on another segment: ``parts``
    explains that segment's rule. ``found`` is the figure named by ``measure``: a number, a place, or for a trait its value.
    ``events`` are the newest deciding ones, at most 10. ``changes_at`` is the instant (ms) at which time alone reverses the
    answer; null: never, or not before ``looked_until``, which is null if all of the future was examined. ``last_outside`` (ms) is
    when it last happened, if that is outside the window and nothing decides; null otherwise.
    """

    kind: Literal["all", "any", "not", "segment", "condition"]
    holds: bool
    changes_at: int | None
    looked_until: int | None
    parts: list[ExplainedPart]
    condition: dict[str, Any] | None
    sentence: Sentences | None
    measure: Measure | None
    found: Any
    events: list[Decisive]
    last_outside: int | None


class Explanation(msgspec.Struct, frozen=True):
    """A rule explained for one person at ``now`` (ms).

    ``member`` is the person's live membership in the segment; null for a rule that is not saved. ``rule`` is the rule with the
    truth of each part.
    """

    person_id: int
    now: int
    member: bool | None
    rule: ExplainedPart


class ExplanationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to try, and on whom."""

    rule: RuleForm
    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


async def _explained(services: Services, **arguments: Any) -> Explanation:
    found = await services.context.worker.call("explain", **arguments)
    explained = msgspec.convert(found["explanation"], Explained)
    written = {to_json(data): parse_rule(data) for data in _sayable(explained)}
    said = await in_words(services, arguments["app"], list(written.values()))
    rule = _with_sentences(explained, dict(zip(written, said, strict=True)))
    return Explanation(found["person"], found["now"], found["member"], rule)


def _data(part: Explained) -> dict[str, Any] | None:
    """The condition that a part is, or negates, as a rule."""
    if part.kind == "not":
        inner = part.parts[0].condition
        return None if inner is None else {"not": inner}
    return part.condition


def _sayable(part: Explained) -> Iterator[dict[str, Any]]:
    data = _data(part)
    if data is not None:
        yield data
    for inner in part.parts:
        yield from _sayable(inner)


def _with_sentences(part: Explained, said: Mapping[str, Sentences]) -> ExplainedPart:
    data = _data(part)
    return ExplainedPart(
        part.kind,
        part.holds,
        part.changes_at,
        part.looked_until,
        [_with_sentences(inner, said) for inner in part.parts],
        part.condition,
        None if data is None else said[to_json(data)],
        part.measure,
        part.found,
        part.events,
        part.last_outside,
    )


@get(
    "/segments/{segment:int}/people/{person:int}/explanation",
    operation_id="explainMembership",
    summary="Ask why somebody is in it or not",
    responses=ERRORS,
)
async def explain_membership(app: AppId, segment: SegmentId, person: PersonId, services: Behind) -> Explanation:
    """Each condition's truth and evidence, the newest deciding events, and when time alone will change it."""
    found = await sync_to_thread(services.segments.get, app, segment)
    return await _explained(services, app=app, person=person, rule=to_data(found.rule), segment=found.id)


@post(
    "/segments/preview/explanation",
    operation_id="explainRule",
    summary="Ask the same of a rule that is not kept",
    responses=ERRORS,
    status_code=200,
)
async def explain_rule(app: AppId, data: JSONBody[ExplanationRequest], services: Behind) -> Explanation:
    """A rule explained for one person, without saving it."""
    await sync_to_thread(services.directory.get, app, data.person)
    rule = await checked_rule(services, app, data.rule)
    return await _explained(services, app=app, person=data.person, rule=rule)


router = Router(path="/apps/{app:int}", route_handlers=[explain_membership, explain_rule], tags=["Segments"])
