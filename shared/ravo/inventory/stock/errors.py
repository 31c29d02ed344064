"""Why stock can't be read or changed."""

from ravo.platform.errors import Invalid


class UnknownVariant(Invalid):
    message = "The request names a variant that is not sold."
