"""Collections: products chosen and ordered by hand."""
