"""What CloudFront shows the domains' APIs to prove that a request came through it: the text of one secret."""

from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

# By this header, with its name as functions see it.
HEADER = "x-origin-secret"


class OriginSecret(BaseModel):
    """The value that CloudFront sends.

    While it changes two are accepted: `next` before it is sent, `previous` until no edge sends it any more.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    sent: str
    next: str | None = None
    previous: str | None = None
    # When this was written; the one that a first deployment generates does not say.
    since: datetime | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the secret's text: a document, or only a value."""
        return cls.model_validate_json(text) if text.startswith("{") else cls(sent=text)

    @property
    def accepted(self) -> tuple[str, ...]:
        """What proves a request now."""
        return tuple(value for value in (self.sent, self.next, self.previous) if value)
