"""Why a promotion is refused."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class PromotionNotFound(NotFound):
    message = "There is no such promotion."


class PromotionCodeTaken(Conflict):
    message = "Another promotion has this code. Choose another code."


class PromotionUsedMore(Conflict):
    message = "The promotion was already used more often than that. Set a higher limit."


class PromotionTargetUnknown(Invalid):
    message = "A product or category of the promotion does not exist. Remove it from the list."


class PromotionUsedUp(Conflict):
    """The details name the promotions."""

    message = "A promotion is used up. Check the cart before you order."
