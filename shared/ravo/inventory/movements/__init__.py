"""Movements: pieces that come, go, or are counted again."""
