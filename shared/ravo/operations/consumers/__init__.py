"""The functions that hear events."""
