"""Why imports are refused."""

from ravo.platform.errors import Invalid, NotFound


class ImportNotFound(NotFound):
    message = "There is no such import."


class UnknownField(Invalid):
    message = "The mapping names unknown fields. Use the names that the format lists."


class OneSource(Invalid):
    message = "Send either csv or uploadId."
