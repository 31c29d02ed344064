"""What a cart costs: one function, without a database."""

from ravo.sales.pricing.price import price
from ravo.sales.pricing.values import Applied, Item, Offer, Priced, PricedLine, Shipping, Tax, Taxes

__all__ = ["Applied", "Item", "Offer", "Priced", "PricedLine", "Shipping", "Tax", "Taxes", "price"]
