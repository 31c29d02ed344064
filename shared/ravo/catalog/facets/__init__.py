"""Facets: what a list could be narrowed by, counted."""
