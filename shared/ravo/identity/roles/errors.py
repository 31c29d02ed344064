"""Why a role is not made, changed, deleted or given."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class RoleNotFound(NotFound):
    message = "There is no such role."


class UnknownRole(Invalid):
    message = "The request names a role that does not exist."


class RoleNameTaken(Conflict):
    message = "There is already a role of this name. Choose another name."


class FixedRole(Conflict):
    """Code and other roles rely on the roles that every shop starts with."""

    message = (
        "This role comes with the shop, so it keeps its name and can't be deleted."
        " What super_admin and customer allow can't be changed."
    )


class RoleInUse(Conflict):
    message = "People have this role. Take it from them first."
