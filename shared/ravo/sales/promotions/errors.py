"""Why a promotion is refused."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class PromotionNotFound(NotFound):
    message = "There is no such promotion."


class PromotionCodeTaken(Conflict):
    message = "Another promotion has this code."


class PromotionUsedMore(Conflict):
    message = "The promotion was used more often than that already."


class PromotionTargetUnknown(Invalid):
    message = "A product or category that the promotion shall be for does not exist."


class PromotionUsedUp(Conflict):
    """The details name the promotions."""

    message = "A promotion is used up; look at the cart again."
