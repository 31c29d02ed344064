"""Why signing in through a provider ends without a session, and why a linked account can't be unlinked."""

from ravo.platform.errors import Conflict, NotFound


class NotLinked(NotFound):
    message = "No account of this provider opens this one."


class LastWayIn(Conflict):
    message = "There would be no way into the account any more. Set a password first."
