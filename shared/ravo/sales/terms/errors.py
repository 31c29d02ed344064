"""Why what a shop charges can't be changed so."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class TaxRateNotFound(NotFound):
    message = "There is no such tax rate."


class TaxRateTaken(Conflict):
    message = "This place has a rate for this class of goods already."


class ShippingZoneNotFound(NotFound):
    message = "There is no such shipping zone."


class ShippingZoneNameTaken(Conflict):
    message = "Another shipping zone has this name."


class PlaceTaken(Conflict):
    message = "One of the places belongs to another shipping zone."


class ShippingRateNotFound(NotFound):
    message = "There is no such rate in this shipping zone."


class PromotionNotFound(NotFound):
    message = "There is no such promotion."


class PromotionCodeTaken(Conflict):
    message = "Another promotion has this code."


class PromotionUsedMore(Conflict):
    message = "The promotion was used more often than that already."


class PromotionTargetUnknown(Invalid):
    message = "A product or category that the promotion shall be for does not exist."


class GiftCardNotFound(NotFound):
    message = "There is no such gift card."
