"""Bulk import: a file becomes rows, rows become products, chunk by chunk, each exactly once."""
