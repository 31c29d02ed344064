"""How often a network may exchange keys."""

from ravo.platform import limits
from ravo.platform.http.limits import by_network

key_exchanges = by_network(limits.KEY_EXCHANGE)
