"""Taxes: the rates for each place and class."""
