"""Products as staff work on them."""
