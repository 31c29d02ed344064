"""Selling: orders' units are held until payment, sold when it comes, and taken back when an order is cancelled."""
