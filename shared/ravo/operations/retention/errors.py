"""Why a shop's periods are refused."""


class UnknownPeriod(ValueError):
    """The setting names an unknown kind of thing, or a number of days that is not allowed."""
