"""Why the periods of a shop are refused."""


class UnknownPeriod(ValueError):
    """The setting names a kind of thing that there is none of, or no sensible number of days."""
