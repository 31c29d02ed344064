"""Money for orders: asked for, settled by what providers say, given back, and reconciled."""
