"""Bulk export: the catalogue as a file that an import takes back."""
