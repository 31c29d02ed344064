"""Why a first super admin is refused."""

from ravo.platform.errors import Conflict


class OwnerExists(Conflict):
    message = "The shop already has an owner, who can make others."
