"""Retention: what is deleted when its time is long over."""
