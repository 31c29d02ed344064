"""Why a consumer of events is refused."""

from ravo.platform.errors import Invalid


class UnknownConsumer(Invalid):
    message = "There is no such consumer of events."


class NotHeard(Invalid):
    message = "This consumer does not hear events of that type."
