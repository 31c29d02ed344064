"""Promotions: discounts with their rules, and the orders that used them."""
