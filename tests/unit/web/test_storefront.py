"""The demo's shop: what stands in an address is looked up or escaped, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relance.web.storefront.catalogue import PRODUCTS
from relance.web.storefront.pages import LONGEST_CART, show_cart, show_front

EMPTY = "Nothing is in it."


def test_a_cart_shows_what_is_in_it_and_what_it_costs() -> None:
    page = show_cart("cart-cleo", "lamp")
    assert "Reading lamp" in page
    assert "49&nbsp;€" in page
    assert "cart-cleo" in page
    assert EMPTY not in page


def test_each_product_has_a_cart_and_stands_on_the_front() -> None:
    for product in PRODUCTS:
        assert product.name in show_front()
        assert EMPTY not in show_cart("", product.sku)


@given(st.text(max_size=2_000), st.text(max_size=50))
def test_whatever_the_address_holds_the_page_stays_itself(cart: str, sku: str) -> None:
    page = show_cart(cart, sku)
    calm = show_cart("x", sku)
    assert page.count("<") <= calm.count("<") + 2  # no element of theirs: at most the line of the cart's number
    assert len(page) <= len(calm) + 6 * LONGEST_CART + 100
    assert "<script" not in page
