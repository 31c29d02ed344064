"""Carts: what a shopper means to buy, and everything that an order needs."""
