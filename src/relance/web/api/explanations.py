"""Why a person is, or is not, in a segment."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.segments.definition.explain import Explained
from relance.segments.service import to_data
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, PersonId, SegmentId
from relance.web.api.segments import RuleForm, checked_rule
from relance.web.api.services import Services


class Explanation(msgspec.Struct, frozen=True):
    """A rule taken apart for one person at ``now`` (ms).

    ``member`` says whether the person is in the segment as it is kept live; null for a rule that is not kept.
    ``rule`` is the rule in full: other segments and conditions on messages are written out.
    """

    person_id: int
    now: int
    member: bool | None
    rule: Explained


class ExplanationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to try, and on whom."""

    rule: RuleForm
    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


async def _explained(services: Services, **arguments: Any) -> Explanation:
    found = await services.context.worker.call("explain", **arguments)
    return Explanation(found["person"], found["now"], found["member"], msgspec.convert(found["explanation"], Explained))


@get(
    "/segments/{segment:int}/people/{person:int}/explanation",
    operation_id="explainMembership",
    summary="Ask why somebody is in it or not",
    responses=ERRORS,
)
async def explain_membership(app: AppId, segment: SegmentId, person: PersonId, services: Behind) -> Explanation:
    """Each condition's truth, what it found, the newest events that decide it, and when time alone will change it."""
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
    """A rule taken apart for one person, without keeping it."""
    await sync_to_thread(services.directory.get, app, data.person)
    rule = await checked_rule(services, app, data.rule)
    return await _explained(services, app=app, person=data.person, rule=rule)


router = Router(path="/apps/{app:int}", route_handlers=[explain_membership, explain_rule], tags=["Segments"])
