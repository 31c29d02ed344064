"""Why stock can't be moved."""

from ravo.platform.errors import Conflict


class StockHeld(Conflict):
    message = "More pieces are reserved than would be left. Leave at least as many as are reserved."
