"""The demo shop: an own small catalogue with drawn pictures, and a story told on the running system."""
