"""What there is to sell: where it lies, who holds it, and every movement of it."""
