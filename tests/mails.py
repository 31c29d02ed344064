"""Mails in tests, as their readers get them."""

import os
from dataclasses import dataclass

from local.mail import Mail, sent


@dataclass
class Mailbox:
    """What was sent since the box was put up; the stand-in forgets nothing between tests."""

    before: int

    def take(self) -> list[Mail]:
        """The mails that came since the last look, the oldest first."""
        everything = sent(os.environ["AWS_ENDPOINT_URL"])[::-1]
        new, self.before = everything[self.before :], len(everything)
        return new


def mailbox() -> Mailbox:
    """Put up a box."""
    return Mailbox(len(sent(os.environ["AWS_ENDPOINT_URL"])))
