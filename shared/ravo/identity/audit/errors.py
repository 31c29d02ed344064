"""Why an entry of the audit log is not shown."""

from ravo.platform.errors import NotFound


class EntryNotFound(NotFound):
    message = "There is no such entry."
