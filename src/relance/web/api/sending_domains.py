"""Sending domains: how often their messages are reported as spam, and resuming marketing that was stopped for it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import PathParameter
from msgspec import Meta

from relance.infra.clock import RealClock
from relance.messaging.complaints.model import DomainComplaints
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind

Domain = Annotated[str, PathParameter(description="The sending domain.", max_length=253)]


class SendingDomain(msgspec.Struct, frozen=True):
    """A domain in whose name the app sends, in the last 24 hours. Instants are ms; null: not (yet)."""

    domain: str
    delivered: int
    complained: int
    stopped_at: Annotated[int | None, Meta(description="Since when its marketing is stopped for too many complaints.")]
    stopped_with_delivered: Annotated[int, Meta(description="Of the messages delivered that were counted then …")]
    stopped_with_complained: Annotated[int, Meta(description="… so many were reported as spam.")]
    resumed_at: Annotated[int | None, Meta(description="When an operator resumed it last: nothing before that is counted.")]


class SendingDomains(msgspec.Struct, frozen=True):
    """The domains in whose name an app sent something in the last 24 hours, or whose marketing is stopped."""

    items: list[SendingDomain]


@get("/", operation_id="listSendingDomains", summary="List sending domains", responses=ERRORS, sync_to_thread=True)
def list_sending_domains(app: AppId, services: Behind) -> SendingDomains:
    """How many messages of each sending domain were delivered in 24 hours, and how many were reported as spam.

    From 0.3 % of at least 1,000 on, the domain's marketing stops by itself; what follows from what people did goes on.
    """
    services.accounts.app(app)
    found = services.complaints.domains(app, services.context.clock.now())
    return SendingDomains([_answer(each) for each in found])


@post(
    "/{domain:str}/resume",
    operation_id="resumeSendingDomain",
    summary="Resume a domain's marketing",
    responses=ERRORS,
    opt=OPERATOR,
    status_code=200,
)
async def resume_sending_domain(
    request: Request[Any, Caller, Any], app: AppId, domain: Domain, services: Behind
) -> SendingDomains:
    """Let the marketing of a domain be sent again; only a signed-in operator may. 409 if it is not stopped."""

    def resume() -> SendingDomains:
        now = services.context.clock.now()
        services.complaints.resume(app, domain, now)
        detail: dict[str, object] = {"name": domain}
        services.accounts.note(app, request.auth.actor, "sending_domain.resumed", f"app:{app}", detail, RealClock().now())
        return SendingDomains([_answer(each) for each in services.complaints.domains(app, now)])

    return await sync_to_thread(resume)


def _answer(found: DomainComplaints) -> SendingDomain:
    delivered, complained = found.stopped_with
    return SendingDomain(
        found.domain, found.delivered, found.complained, found.stopped_at, delivered, complained, found.resumed_at
    )


router = Router(
    path="/apps/{app:int}/sending-domains", route_handlers=[list_sending_domains, resume_sending_domain], tags=["Sending"]
)
