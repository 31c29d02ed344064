"""Why a shipping zone or rate is refused."""

from ravo.platform.errors import Conflict, NotFound


class ShippingZoneNotFound(NotFound):
    message = "There is no such shipping zone."


class ShippingZoneNameTaken(Conflict):
    message = "Another shipping zone has this name. Choose another name."


class PlaceTaken(Conflict):
    message = "One of the places belongs to another shipping zone. Remove it there first."


class ShippingRateNotFound(NotFound):
    message = "There is no such rate in this shipping zone."
