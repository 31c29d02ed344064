"""Why a webhook is refused."""

from ravo.platform.errors import Forbidden


class ForeignAccount(Forbidden):
    message = "This event is of another account."
