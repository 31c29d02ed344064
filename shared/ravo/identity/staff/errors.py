"""Why staff's management of identity refuses."""

from ravo.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class UserNotFound(NotFound):
    message = "There is no such user."


class RoleNotFound(NotFound):
    message = "There is no such role."


class KeyNotFound(NotFound):
    message = "There is no such key."


class EntryNotFound(NotFound):
    message = "There is no such entry."


class BeyondYourOwn(Forbidden):
    """Nobody gives what they don't have, nor changes someone or something that may do more than they may."""

    message = "This reaches beyond what you may do yourself."


class UnknownRole(Invalid):
    message = "The request names a role that does not exist."


class UnknownPermission(Invalid):
    message = "The request names a permission that does not exist."


class RoleNameTaken(Conflict):
    message = "There is a role of this name already."


class FixedRole(Conflict):
    """Code and other roles rely on the roles that every shop begins with."""

    message = (
        "This role comes with the shop: it keeps its name and stays; what super_admin and customer allow stays too."
    )


class RoleInUse(Conflict):
    message = "People have this role; take it from them first."


class WrongKey(Unauthenticated):
    """The same for a key that is unknown, expired or revoked."""

    message = "The key is not valid, or no longer."
