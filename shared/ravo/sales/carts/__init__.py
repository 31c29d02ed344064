"""Carts: filled, priced, and made ready to be ordered."""
