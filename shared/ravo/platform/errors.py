"""Refusals: one class per reason, each with the HTTP status and the stable code that its reader sees."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Detail(NamedTuple):
    """What is wrong with one field of the input; `field` is its path in the caller's own spelling."""

    field: str
    message: str


class Refusal(Exception):
    """A reason to say no that the caller may know. Subclasses set status, code and message; raising it rolls back."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "BAD_REQUEST"
    message: ClassVar[str] = "The request can't be answered."

    def __init__(
        self, message: str | None = None, *, details: Sequence[Detail] = (), retry_after: int | None = None
    ) -> None:
        self.text = message or self.message
        self.details = tuple(details)
        self.retry_after = retry_after
        super().__init__(self.text)


class Invalid(Refusal):
    status, code, message = 422, "VALIDATION_ERROR", "The request has values that can't be accepted."


class Unauthenticated(Refusal):
    status, code, message = 401, "UNAUTHENTICATED", "Sign in to do this."


class Forbidden(Refusal):
    status, code, message = 403, "FORBIDDEN", "You may not do this."


class ForeignPage(Forbidden):
    message = "Only pages of the shop's own may ask for this."


class SecondFactorRequired(Forbidden):
    message = "Staff sign in with a second factor here: set one up, then sign in with it."


class NotFound(Refusal):
    status, code, message = 404, "NOT_FOUND", "There is nothing here."


class MethodNotAllowed(Refusal):
    status, code, message = 405, "METHOD_NOT_ALLOWED", "This address does not answer that method."


class Conflict(Refusal):
    status, code, message = 409, "CONFLICT", "This clashes with what is already there."


class VersionConflict(Conflict):
    code, message = "VERSION_CONFLICT", "Someone changed this since you read it."


class PayloadTooLarge(Refusal):
    status, code, message = 413, "PAYLOAD_TOO_LARGE", "The body is larger than 1 MiB."


class UnsupportedMediaType(Refusal):
    status, code, message = 415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."


class IdempotencyMismatch(Refusal):
    status, code, message = 422, "IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used with another request."


class RateLimited(Refusal):
    status, code, message = 429, "RATE_LIMITED", "Too many requests; wait a little."


class Internal(Refusal):
    status, code, message = 500, "INTERNAL", "Something went wrong on our side."


class UpstreamUnavailable(Refusal):
    status, code, message = 503, "UPSTREAM_UNAVAILABLE", "Something we depend on is not answering; try again soon."


def raise_if_refused[T](outcome: T | Refusal) -> T:
    """Return what a service returned, or raise it if it is a refusal.

    A service returns a refusal in place of raising it when what it wrote on the way has to be committed.
    """
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome
