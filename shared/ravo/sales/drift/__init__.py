"""Drift: balances and orders that are not what their ledgers say."""
