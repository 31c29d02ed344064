"""Quotes: what a cart costs now."""
