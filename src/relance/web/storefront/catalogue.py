"""The products of the demo's shop."""

from __future__ import annotations

import msgspec


class Product(msgspec.Struct, frozen=True):
    """One product. Its image is ``/shop/<sku>.svg`` on this server."""

    sku: str
    name: str
    category: str
    price: int


PRODUCTS = (
    Product("lamp", "Reading lamp", "home", 49),
    Product("mug", "Stoneware mug", "kitchen", 14),
    Product("boots", "Walking boots", "outdoor", 129),
    Product("scarf", "Merino scarf", "clothes", 39),
    Product("kettle", "Copper kettle", "kitchen", 89),
    Product("plant", "Rubber plant", "home", 27),
    Product("bag", "Canvas bag", "outdoor", 59),
    Product("notebook", "Dotted notebook", "office", 12),
)
