"""Discrepancies: where a provider's books and ours differ, for people to look at."""
