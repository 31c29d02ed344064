"""Settlement: a payment's outcome at its provider, carried over to its order."""
