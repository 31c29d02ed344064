"""Checkout: a cart becomes an order, all of it or nothing."""
