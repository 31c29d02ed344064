"""Variants: one size, colour and style of a product."""
