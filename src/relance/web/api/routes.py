"""All routes of the API as one router, behind authentication and idempotency."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from relance.web.api import (
    apps,
    audiences,
    auditing,
    channels,
    consents,
    deletion_requests,
    deliveries,
    device_tokens,
    editing,
    events,
    explanations,
    exporting,
    filter_lists,
    held_back,
    identity_secrets,
    journeys,
    keys,
    lists,
    message_checks,
    messages,
    operators,
    people,
    preferences,
    providers,
    push_subscriptions,
    queue,
    reports,
    restraint,
    segment_course,
    segment_versions,
    segments,
    sending,
    sending_domains,
    session,
    snippets,
    suggestions,
    suppressions,
    webhooks,
)
from relance.web.api.auditing import Audit
from relance.web.api.authentication import Authenticate
from relance.web.api.bodies import LARGEST_BODY
from relance.web.api.idempotency import Idempotency
from relance.web.api.services import provide_services
from relance.web.security import SECURITY

SEGMENTS = (segments, segment_versions, segment_course, explanations, exporting, suggestions, filter_lists)
NOUNS = (
    session,
    operators,
    apps,
    keys,
    identity_secrets,
    auditing,
    people,
    editing,
    consents,
    preferences,
    deletion_requests,
    events,
    held_back,
    *SEGMENTS,
    lists,
    channels,
    message_checks,
    messages,
    snippets,
    sending,
    audiences,
    sending_domains,
    journeys,
    deliveries,
    queue,
    reports,
    restraint,
    providers,
    push_subscriptions,
    device_tokens,
    suppressions,
    webhooks,
)

handlers: list[ControllerRouterHandler] = [
    Router(
        path="/api/v1",
        route_handlers=[noun.router for noun in NOUNS],
        middleware=[Authenticate(), Idempotency(), Audit()],
        dependencies={"services": Provide(provide_services, sync_to_thread=False)},
        security=SECURITY,
        request_max_body_size=LARGEST_BODY,
    )
]
