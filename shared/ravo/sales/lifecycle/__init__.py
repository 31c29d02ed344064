"""Lifecycle: moves orders along from placed to delivered, and shows where they are."""
