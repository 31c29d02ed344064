"""Alerts about low stock: opened once when it falls, mailed to staff, and closed when there is enough again."""
