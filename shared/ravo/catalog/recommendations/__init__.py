"""Recommendations: what goes with a product."""
