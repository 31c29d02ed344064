"""Why a tax rate is refused."""

from ravo.platform.errors import Conflict, NotFound


class TaxRateNotFound(NotFound):
    message = "There is no such tax rate."


class TaxRateTaken(Conflict):
    message = "This place already has a rate for this tax class. Change that rate instead."
