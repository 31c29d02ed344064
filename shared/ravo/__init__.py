"""Ravo: the whole backend of an online activewear brand."""

from ravo.platform import cold_start

cold_start.begin()
