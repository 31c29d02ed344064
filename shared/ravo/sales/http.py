"""Rate limits of checkout, and of endpoints where codes and orders could be guessed."""

from ravo.platform import limits
from ravo.platform.http.limits import by_network

checkouts = by_network(limits.CHECKOUT)
codes = by_network(limits.CODE)
tracking = by_network(limits.TRACKING)
