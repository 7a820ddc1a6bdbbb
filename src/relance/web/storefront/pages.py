"""The shop's pages. Pure: anything from the address is looked up in the catalogue, or shown escaped, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from relance.web.storefront.catalogue import PRODUCTS, Product

LONGEST_CART = 64  # characters of a cart's id that are shown

_STYLE = """
:root { color-scheme: light dark; --ground: #f7f4ee; --card: #fff; --ink: #23302a; --soft: #5d6a63; --line: #e2ddd2;
  --leaf: #1f6b4c }
@media (prefers-color-scheme: dark) {
  :root { --ground: #141a17; --card: #1e2622; --ink: #eef2ef; --soft: #a9b5ae; --line: #34403a; --leaf: #7fd1a8 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 1.25rem }
header { display: flex; justify-content: space-between; align-items: center; flex-wrap: wrap; gap: .5rem 1.5rem }
header b { font-size: 1.25rem }
a { color: var(--leaf) }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 1rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem }
.line, li { background: var(--card); border: 1px solid var(--line); border-radius: 14px }
.line { display: flex; gap: 1.25rem; align-items: center; flex-wrap: wrap; padding: 1.25rem }
.line img { width: 11rem; max-width: 100%; height: auto; border-radius: 10px }
.line p { margin: .1rem 0 }
.name, .line .price { font-size: 1.2rem; font-weight: 650 }
.line .price { margin-left: auto }
.soft { color: var(--soft) }
.note { border-left: 3px solid var(--leaf); padding: .1rem 0 .1rem 1rem; margin: 1.5rem 0 }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)) }
li { overflow: hidden }
li img { width: 100%; height: auto; display: block }
li div { display: flex; justify-content: space-between; gap: .5rem; padding: .75rem 1rem }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{title} – The shop</title><link rel="icon" href="/favicon.svg">
<style>{style}</style></head>
<body><header><b>The shop</b><a href="/">Back to the dashboard</a></header>
<main>{body}</main>
<footer class="soft">This is the shop of the demo: it shows where the links of messages lead. Nothing can be bought here.</footer>
</body></html>"""
_ARRIVED_BY_LINK = (
    '<p class="note">You came here by a link of a message: the click is on the timeline of the person it was sent to, and counts '
    "in the figures of the message.</p>"
)


def show_cart(cart: str, sku: str) -> str:
    """The page of a cart with one product. ``cart`` and ``sku`` come from outside; an unknown product means an empty cart."""
    product = next((each for each in PRODUCTS if each.sku == sku), None)
    if product is None:
        return _page("Your cart", f'<h1>Your cart</h1><p class="soft">Nothing is in it.</p>{_shelf("On our shelves", PRODUCTS)}')
    number = f'<p class="soft">Cart {escape(cart[:LONGEST_CART])}</p>' if cart else ""
    line = (
        f'<div class="line">{_picture(product)}<div><p class="name">{escape(product.name)}</p>'
        f'<p class="soft">1 piece, in {escape(product.category)}</p>{number}</div>'
        f'<p class="price">{product.price}&nbsp;€</p></div>'
    )
    others = [each for each in PRODUCTS if each is not product][:4]
    return _page("Your cart", f"<h1>Still in your cart</h1>{line}{_ARRIVED_BY_LINK}{_shelf('Goes well with it', others)}")


def show_front() -> str:
    """The page with all products."""
    return _page("Welcome", f"<h1>Good things for every day</h1>{_shelf('On our shelves', PRODUCTS)}")


def _page(title: str, body: str) -> str:
    return _PAGE.format(title=title, style=_STYLE, body=body)


def _shelf(title: str, products: Iterable[Product]) -> str:
    items = "".join(
        f"<li>{_picture(each)}<div><span>{escape(each.name)}</span><b>{each.price}&nbsp;€</b></div></li>" for each in products
    )
    return f"<h2>{title}</h2><ul>{items}</ul>"


def _picture(product: Product) -> str:
    return f'<img src="/shop/{product.sku}.svg" width="640" height="400" alt="">'
