"""Enrichment: what products mean, found by a machine after they change."""
