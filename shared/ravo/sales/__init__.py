"""Selling: carts, prices, orders, and the money for them."""
