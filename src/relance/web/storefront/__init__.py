"""The demo's shop: what it sells, and the small pages that the links of its messages lead to."""
