"""Why the front door's secret is not replaced."""


class FrontDoorUnproven(RuntimeError):
    """No origin of the distribution sends a secret, so there is nothing to replace."""
