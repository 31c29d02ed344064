"""Why nothing is shown or told again."""

from ravo.platform.errors import Invalid, NotFound


class EventNotFound(NotFound):
    message = "There is no such event."


class UnknownConsumer(Invalid):
    message = "There is no such consumer of events."


class NotHeard(Invalid):
    message = "This consumer does not hear events of that type."


class TooManyEvents(Invalid):
    message = "The range holds too many events; narrow it."
