"""How callers of the API authenticate, for the OpenAPI document."""

from __future__ import annotations

from litestar.openapi.spec import Components, SecurityScheme

COOKIE = "relance_session"
DEVICE_COOKIE = "relance_device"  # proves that a browser has signed in before; opens nothing

COMPONENTS = Components(
    security_schemes={
        "apiKey": SecurityScheme(type="http", scheme="bearer", description="An app's API key."),
        "session": SecurityScheme(
            type="apiKey",
            security_scheme_in="cookie",
            name=COOKIE,
            description="An operator's session; changes need its token in `X-CSRF-Token`.",
        ),
    }
)
SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}, {"session": []}]
