"""Mailed links at the edge."""

from typing import Annotated

from pydantic import StringConstraints

from ravo.platform.schemas import Input, Reply

type LinkSecret = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class LinkToken(Input):
    """What a mail's link carries."""

    token: LinkSecret


class LinkMailed(Reply):
    """A link goes to this address, if there is a reason to send one. It can be used once, within `validFor` seconds."""

    email: str
    valid_for: int
