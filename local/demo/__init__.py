"""The demo shop: a small catalogue of its own with drawn pictures, and a story told on the running system."""
