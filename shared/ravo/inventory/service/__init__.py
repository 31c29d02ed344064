"""The rules of stock: reservations, movements, places, and the count that proves them."""
