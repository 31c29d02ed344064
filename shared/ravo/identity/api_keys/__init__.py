"""The keys of machines."""
