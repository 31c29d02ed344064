"""Why a location is not made, changed or found."""

from ravo.platform.errors import Conflict, NotFound


class LocationNotFound(NotFound):
    message = "There is no such location."


class LocationCodeTaken(Conflict):
    message = "Another location has this code. Choose another code."
