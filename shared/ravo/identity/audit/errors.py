"""Why an entry of the record is not shown."""

from ravo.platform.errors import NotFound


class EntryNotFound(NotFound):
    message = "There is no such entry."
