"""The catalogue's rules: what staff may do with products, variants and the groups that they stand in."""
