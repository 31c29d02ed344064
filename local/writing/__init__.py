"""The files that are written from code and lists: templates, sample events, tables of operations."""
