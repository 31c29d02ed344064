"""Settlement: what a payment came to at its provider, made true of its order."""
