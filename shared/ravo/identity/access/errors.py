"""Why someone may not grant a permission."""

from ravo.platform.errors import Forbidden, Invalid


class BeyondYourOwn(Forbidden):
    """Nobody can grant what they don't have, or change a user, role or key that may do more than they may."""

    message = "You can't give or change more than you are allowed to do yourself."


class UnknownPermission(Invalid):
    message = "The request names a permission that does not exist."
