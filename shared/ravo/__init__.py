"""Ravo: the whole backend of an online activewear brand."""
