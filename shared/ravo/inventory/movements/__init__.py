"""Movements: units that come, go, or are counted again."""
