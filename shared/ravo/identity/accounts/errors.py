"""Why an account can't be opened or changed."""

from ravo.platform.errors import Conflict


class EmailTaken(Conflict):
    """Reported plainly at registration: the owner of the mail address should sign in instead."""

    message = "There is already an account with this mail address. Sign in instead."
