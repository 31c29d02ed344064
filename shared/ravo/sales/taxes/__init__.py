"""Taxes: what goods are taxed at, by place and class."""
