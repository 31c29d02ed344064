"""Projections: what shoppers are shown of a product, built when it changes."""
