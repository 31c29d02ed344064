"""What is known of the request at hand: who asks and what is left of the limits, and the refusal that it gets before its endpoint is asked."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ravo.platform.errors import RateLimited, Refusal, Unauthenticated
from ravo.platform.limits import Taken
from ravo.platform.tokens import Principal


@dataclass(frozen=True)
class Admission:
    """Who asks and what is left of the limits, which is known once Valkey has said so; whoever asks for it waits for that.

    `named` is whom the token names, None for a guest, and `not_good` the refusal of a token that is not good.
    """

    named: Principal | None
    caller: str
    not_good: Unauthenticated | None
    taken: Taken

    @property
    def principal(self) -> Principal | None:
        """Who asks, None for a guest and for a session that has ended."""
        return None if self.taken.ended else self.named

    @property
    def stranger(self) -> Unauthenticated | None:
        """The refusal of a token that is not good, or not any more."""
        return Unauthenticated("The session has ended; sign in again.") if self.taken.ended else self.not_good

    @property
    def refused(self) -> RateLimited | None:
        """The refusal of a limit that is used up."""
        return self.taken.refused

    def headers(self) -> dict[str, str]:
        """What every answer says of the limit that has the least left."""
        allowance = self.taken.allowance
        return {
            "ratelimit-limit": str(allowance.limit),
            "ratelimit-remaining": str(allowance.remaining),
            "ratelimit-reset": str(allowance.reset),
        }


admission: ContextVar[Admission] = ContextVar("admission")
refusing: ContextVar[Refusal | None] = ContextVar("refusing", default=None)


@contextmanager
def known[T](variable: ContextVar[T], value: T) -> Generator[None]:
    """Let something be known for the length of the block."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
