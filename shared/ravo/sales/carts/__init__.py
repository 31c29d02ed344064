"""Carts: what someone means to buy, made ready to be ordered."""
