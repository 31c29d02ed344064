"""Why exports are refused."""

from ravo.platform.errors import NotFound


class ExportNotFound(NotFound):
    message = "There is no such export."
