"""Why a webhook is refused."""

from ravo.platform.errors import Forbidden


class ForeignAccount(Forbidden):
    message = "This event belongs to another account. Check the webhook's settings."
