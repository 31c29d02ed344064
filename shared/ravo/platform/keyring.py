"""The private keys that sign access tokens, as one secret holds them: each says from when on it signs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class KeptKey(BaseModel):
    """A private key as PEM, and when it becomes the one that signs."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    pem: Annotated[str, Field(repr=False)]
    signs_from: datetime


class Keyring(BaseModel):
    """One key or two, in the order of their time. A function that signs finds the right one by the clock."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    keys: Annotated[tuple[KeptKey, ...], Field(min_length=1)]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a secret's text: a keyring, or on a laptop the PEM of a single key.

        Raises ValueError for anything else.
        """
        if text.startswith("-----BEGIN"):
            return cls.of(text, signs_from=_EVER)
        return cls.model_validate_json(text)

    @classmethod
    def of(cls, pem: str, *, signs_from: datetime) -> Self:
        """Make a keyring of one key."""
        return cls(keys=(KeptKey(pem=pem, signs_from=signs_from),))

    @property
    def pems(self) -> list[str]:
        """Every key as PEM."""
        return [key.pem for key in self.keys]

    def signing(self, at: datetime) -> str:
        """Return the key that signs at a moment, as PEM: the last one whose time has come."""
        return next((key.pem for key in reversed(self.keys) if key.signs_from <= at), self.keys[0].pem)

    def followed_by(self, pem: str, *, signs_from: datetime) -> Self:
        """Add a key that takes over at a moment."""
        return type(self)(keys=(*self.keys, KeptKey(pem=pem, signs_from=signs_from)))

    def still_needed(self, at: datetime, *, after: timedelta) -> Self:
        """Leave out each key whose successor has been signing for so long."""
        ends = [*(key.signs_from + after for key in self.keys[1:]), None]
        return type(self)(keys=tuple(key for key, end in zip(self.keys, ends, strict=True) if end is None or end > at))
