"""Search: products found by words and by meaning, and what to suggest."""
