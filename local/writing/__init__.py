"""What is written from the code and the lists: templates, sample events, tables of operations."""
