"""The web application of ``relance serve``: all handlers of this package."""

from __future__ import annotations

from typing import Any

from relance.web.api import handlers as api_handlers
from relance.web.application import Application, build, frame
from relance.web.callbacks import handlers as callback_handlers
from relance.web.context import Context
from relance.web.dashboard import handlers as dashboard_handlers
from relance.web.ingest import describe
from relance.web.preferences import handlers as preference_handlers
from relance.web.sandbox import handlers as sandbox_handlers
from relance.web.storefront.routes import handlers as storefront_handlers
from relance.web.story import handlers as story_handlers
from relance.web.tracking import handlers as tracking_handlers

HANDLERS = [
    *api_handlers,
    *tracking_handlers,
    *preference_handlers,
    *callback_handlers,
    *sandbox_handlers,
    *story_handlers,
    *storefront_handlers,
    *dashboard_handlers,
]


def create_app(context: Context) -> Application:
    """The application of one server. Tests that need only some of the handlers call ``build`` themselves."""
    return build(context, HANDLERS)


def document() -> dict[str, Any]:
    """The OpenAPI document, without a running server."""
    return describe(frame(HANDLERS).openapi_schema.to_schema())
