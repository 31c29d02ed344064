"""Why a mailed link is refused."""

from ravo.platform.errors import Invalid


class LinkUnusable(Invalid):
    """The same for a token that is unknown, used, too old, replaced, or of an account that it is not for any more."""

    message = "This link was used, is too old, or was replaced by a newer one. Ask for another."
