"""Inventory: how many units there are, where they lie, who holds them, and every movement of them."""
