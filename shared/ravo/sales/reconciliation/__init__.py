"""Reconciliation: the provider's books beside ours."""
