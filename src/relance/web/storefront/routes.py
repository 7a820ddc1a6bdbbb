"""The demo's shop over HTTP: only on a server with a story's clock."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.types import ControllerRouterHandler

from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError
from relance.infra.clock import StoryClock
from relance.web.context import Context
from relance.web.storefront.pages import show_cart, show_front

# No scripts: one style element, and images of this server.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


@get(["/shop", "/shop/cart"], include_in_schema=False, opt={"open": True})
async def show_shop(request: Request[Any, Any, Any]) -> Response[str]:
    """The shop's front, or a cart: ``/shop/cart?cart=<id>&sku=<its product>``. Raises ``NotFoundError`` on real time."""
    context: Context = request.app.state.context
    if not isinstance(context.clock, StoryClock):
        raise NotFoundError(ErrorText("shop_of_demo", "This server has no shop: only a demo's has."))
    asked = request.query_params
    is_cart = request.url.path.endswith("/cart")
    body = show_cart(asked.get("cart", ""), asked.get("sku", "")) if is_cart else show_front()
    return Response(body, media_type=MediaType.HTML, headers=HEADERS)


handlers: list[ControllerRouterHandler] = [show_shop]
