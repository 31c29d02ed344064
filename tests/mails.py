"""Mails in tests, as their readers get them."""

import os
from dataclasses import dataclass

from local.mail import Mail, how_many, sent


@dataclass
class Mailbox:
    """What was sent since the box was put up; the stand-in forgets nothing between tests."""

    before: int

    def take(self) -> list[Mail]:
        """The mails that came since the last look, the oldest first."""
        new = sent(os.environ["AWS_ENDPOINT_URL"], after=self.before)[::-1]
        self.before += len(new)
        return new


def mailbox() -> Mailbox:
    """Put up a box."""
    return Mailbox(how_many(os.environ["AWS_ENDPOINT_URL"]))
