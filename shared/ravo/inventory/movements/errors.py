"""Why stock is not moved."""

from ravo.platform.errors import Conflict


class StockHeld(Conflict):
    message = "More of it is reserved than would be left."
