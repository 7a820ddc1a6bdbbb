"""The demo's shop: its products, and the small pages that its messages link to."""
