"""Why an address can't be kept."""

from ravo.platform.errors import Conflict


class TooManyAddresses(Conflict):
    message = "An account keeps 20 addresses at most."
