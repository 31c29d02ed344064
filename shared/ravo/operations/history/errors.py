"""Why events can't be shown or replayed."""

from ravo.platform.errors import Invalid, NotFound


class EventNotFound(NotFound):
    message = "There is no such event."


class TooManyEvents(Invalid):
    message = "The range holds too many events. Narrow it."
