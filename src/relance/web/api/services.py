"""The services behind the API, created once per server from its context and kept on ``app.state``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request

from relance.accounts.operators import Operators
from relance.accounts.service import Accounts, IdempotentAnswers
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.journeys.service import Journeys
from relance.messaging.audiences.service import Audiences
from relance.messaging.checking import MessageChecks
from relance.messaging.complaints.service import Complaints
from relance.messaging.service import Deliveries, Messages, Snippets
from relance.pipeline.errors import NotSettledError, WorkerGoneError
from relance.providers.registry import PROVIDER_TYPES
from relance.providers.service import Providers
from relance.restraint.service import AllQuietHours, Caps
from relance.segments.service import Defaults, Segments
from relance.users.deletion_requests.service import DeletionRequests
from relance.users.service import Directory, Lists
from relance.users.suppression.service import Suppressions
from relance.web.api.desk import Desk
from relance.web.context import Context
from relance.webhooks.service import Webhooks


@dataclass(frozen=True)
class Services:
    """What handlers call. Everything except ``context`` is synchronous and runs in threads."""

    context: Context
    accounts: Accounts
    operators: Operators
    answers: IdempotentAnswers
    directory: Directory
    lists: Lists
    segments: Segments
    messages: Messages
    snippets: Snippets
    deliveries: Deliveries
    journeys: Journeys
    caps: Caps
    quiet_hours: AllQuietHours
    providers: Providers
    suppressions: Suppressions
    complaints: Complaints
    audiences: Audiences
    checks: MessageChecks
    deletion_requests: DeletionRequests
    webhooks: Webhooks
    desk: Desk


def services_of(app: Litestar) -> Services:
    """The services of a server, created on the first request."""
    found: Services | None = app.state.get("api_services")
    if found is None:
        context: Context = app.state.context
        state = context.state
        found = Services(
            context=context,
            accounts=context.accounts,
            operators=context.operators,
            answers=IdempotentAnswers(state, context.secret),
            directory=Directory(state),
            lists=Lists(state),
            segments=Segments(state),
            messages=Messages(state),
            snippets=Snippets(state),
            deliveries=Deliveries(state),
            journeys=Journeys(state),
            caps=Caps(state),
            quiet_hours=AllQuietHours(state),
            providers=Providers(
                state,
                context.secret,
                PROVIDER_TYPES,
                url=context.settings.url,
                private=context.settings.webhook_private,
            ),
            suppressions=Suppressions(state),
            complaints=Complaints(state),
            audiences=Audiences(state),
            checks=MessageChecks(state),
            deletion_requests=DeletionRequests(state),
            webhooks=Webhooks(state, Sealing(context.secret, WEBHOOK_SECRETS), private=context.settings.webhook_private),
            desk=Desk(),
        )
        app.state.api_services = found
    return found


def provide_services(request: Request[Any, Any, Any]) -> Services:
    """Litestar's dependency ``services``."""
    return services_of(request.app)


def defaults_of(services: Services, app: int) -> Defaults:
    """The app's time zone and country, for rules that name none."""
    settings = services.accounts.app(app).settings
    return Defaults(settings.timezone, settings.country)


async def definitions_changed(services: Services) -> None:
    """Notify the worker. If it is down or slow nothing is lost: it reads the definitions before it continues."""
    await _notify(services, "definitions_changed")


async def webhooks_changed(services: Services) -> None:
    """Notify the worker, which starts or stops sending before it answers. If it is down, it reads the webhooks on start-up."""
    await _notify(services, "webhooks_changed")


async def _notify(services: Services, what: str) -> None:
    try:
        await services.context.worker.call(what)
    except (WorkerGoneError, NotSettledError):
        return
