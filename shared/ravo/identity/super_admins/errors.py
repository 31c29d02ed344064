"""Why a super admin stays."""

from ravo.platform.errors import Conflict


class LastOwner(Conflict):
    """Nobody would be left who can do everything, and nobody could make such a one."""

    message = "The shop would be left without a super admin who can sign in. Make another one first."
