"""Why a role is not made, changed, deleted or given."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class RoleNotFound(NotFound):
    message = "There is no such role."


class UnknownRole(Invalid):
    message = "The request names a role that does not exist."


class RoleNameTaken(Conflict):
    message = "There is a role of this name already."


class FixedRole(Conflict):
    """Code and other roles rely on the roles that every shop begins with."""

    message = (
        "This role comes with the shop: it keeps its name and stays; what super_admin and customer allow stays too."
    )


class RoleInUse(Conflict):
    message = "People have this role; take it from them first."
