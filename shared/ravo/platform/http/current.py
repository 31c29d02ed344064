"""What is known of the request at hand: who asks and what is left of the limits, and the refusal that it gets before its endpoint is asked."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ravo.platform.errors import RateLimited, Refusal, Unauthenticated
from ravo.platform.limits import Allowance
from ravo.platform.tokens import Principal


@dataclass(frozen=True)
class Admission:
    """Who asks, None for a guest, and what is left of the limits. `stranger` is the refusal of a token that is not good, `refused` that of a limit that is used up."""

    principal: Principal | None
    caller: str
    stranger: Unauthenticated | None = None
    refused: RateLimited | None = None
    allowance: Allowance | None = None

    def headers(self) -> dict[str, str]:
        """What every answer says of the limit that has the least left."""
        if not self.allowance:
            return {}
        return {
            "ratelimit-limit": str(self.allowance.limit),
            "ratelimit-remaining": str(self.allowance.remaining),
            "ratelimit-reset": str(self.allowance.reset),
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
