"""Why a mailed link is refused."""

from ravo.platform.errors import Invalid


class LinkUnusable(Invalid):
    """The same for a token that is unknown, used, too old, replaced, or no longer valid for its account."""

    message = "This link was used, is too old, or was replaced by a newer one. Ask for another."
