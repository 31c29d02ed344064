"""Why the front door's secret is not replaced."""


class FrontDoorUnproven(RuntimeError):
    """No origin of the distribution shows a secret, so nothing can be put in its place."""
