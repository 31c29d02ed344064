"""Reconciliation: a provider's books compared with ours."""
