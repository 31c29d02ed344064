"""Why a super admin stays."""

from ravo.platform.errors import Conflict


class LastOwner(Conflict):
    """Nobody would be left who may do everything, and nobody could make another super admin."""

    message = "The shop would be left without a super admin who can sign in. Make another one first."
