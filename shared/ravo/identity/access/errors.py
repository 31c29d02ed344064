"""Why someone may not hand on a permission."""

from ravo.platform.errors import Forbidden, Invalid


class BeyondYourOwn(Forbidden):
    """Nobody gives what they don't have, nor changes someone or something that may do more than they may."""

    message = "You can't give or change more than you are allowed to do yourself."


class UnknownPermission(Invalid):
    message = "The request names a permission that does not exist."
