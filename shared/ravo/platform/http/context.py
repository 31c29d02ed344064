"""What is known of the request at hand, for as long as it is answered."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ravo.platform.errors import Unauthenticated
from ravo.platform.limits import RateLimitResult
from ravo.platform.tokens import Principal


@dataclass(frozen=True)
class RequestContext:
    """Who asks, None for a guest; what it is counted by; why its token is not good; how its limits stand."""

    principal: Principal | None
    caller: str
    auth_error: Unauthenticated | None
    rate_limit: RateLimitResult

    def raise_if_refused(self) -> None:
        """Raise `RateLimited` when a limit is used up, and `Unauthenticated` for a token that is not good."""
        if self.rate_limit.refusal:
            raise self.rate_limit.refusal
        if self.auth_error:
            raise self.auth_error

    def headers(self) -> dict[str, str]:
        """Return what every answer says of the limit that has the least left."""
        allowance = self.rate_limit.allowance
        return {
            "ratelimit-limit": str(allowance.limit),
            "ratelimit-remaining": str(allowance.remaining),
            "ratelimit-reset": str(allowance.reset),
        }


current_request: ContextVar[RequestContext] = ContextVar("current_request")
request_id: ContextVar[str] = ContextVar("request_id", default="-")


@contextmanager
def known[T](variable: ContextVar[T], value: T) -> Generator[None]:
    """Let something be known for the length of the block."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
