"""Why a tax rate is refused."""

from ravo.platform.errors import Conflict, NotFound


class TaxRateNotFound(NotFound):
    message = "There is no such tax rate."


class TaxRateTaken(Conflict):
    message = "This place has a rate for this class of goods already."
