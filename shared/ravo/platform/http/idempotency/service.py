"""`Idempotency-Key`: the same key and body replays the first answer for a day; with another body it is refused."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header

from ravo.platform.aws.calls import CallFailed
from ravo.platform.errors import Conflict, Detail, IdempotencyMismatch, Invalid, UpstreamUnavailable
from ravo.platform.http.access import SAFE_METHODS
from ravo.platform.http.idempotency import store
from ravo.platform.http.idempotency.crypto import IdempotentRequest
from ravo.platform.observability import count, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

type Answer = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]

# Answers that say "not now" or "not you": the same request may well be right a moment later.
NOT_KEPT = {401, 403, 429}
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def _require(
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", description="A text of your own that names this one act, like a UUID")
    ],
) -> None:
    """Refuse a request that could not be sent again safely."""


# For the `dependencies` of what must not be done twice: money and orders.
keyed: Any = Depends(_require)


def once(event: dict[str, Any], context: "LambdaContext", caller: str, answer: Answer) -> dict[str, Any]:
    """Answer a request, a mutation with an `Idempotency-Key` only once per function, caller and key.

    Raises `Invalid` for a malformed key, `IdempotencyMismatch` for one that came with another request, `Conflict` while
    the first request is under way, and `UpstreamUnavailable` when nobody can tell.
    """
    key = (event.get("headers") or {}).get("idempotency-key")
    if key is None or event["requestContext"]["http"]["method"] in SAFE_METHODS:
        return answer(event, context)
    if not _KEY.fullmatch(key):
        raise Invalid(details=[Detail("Idempotency-Key", "1 to 255 printable ASCII characters")])
    request = IdempotentRequest.of(event, context.function_name, caller, key)
    earlier = _begin(request, milliseconds=context.get_remaining_time_in_millis())
    if earlier is None:
        return _keep(request, answer(event, context))
    if earlier.fingerprint != request.fingerprint:
        raise IdempotencyMismatch
    if earlier.answer is None:
        raise Conflict("The first request with this Idempotency-Key is still under way.", retry_after=1)
    return request.open(earlier.answer)


def _begin(request: IdempotentRequest, *, milliseconds: int) -> store.Record | None:
    try:
        return store.begin(request, milliseconds=milliseconds)
    except CallFailed as failure:
        logger().error("the idempotency store does not answer", code=failure.code)
        raise UpstreamUnavailable(retry_after=2) from failure


def _keep(request: IdempotentRequest, answer: dict[str, Any]) -> dict[str, Any]:
    """Keep an answer before it leaves, and return it.

    One that can't be kept leaves all the same. After a refusal the caller would try again, and it would be done again
    as soon as the first request no longer counts as under way.
    """
    try:
        if answer["statusCode"] >= 500 or answer["statusCode"] in NOT_KEPT:
            store.forget(request)
        else:
            store.keep(request, request.seal(answer))
    except CallFailed as failure:
        logger().error("an answer is not kept", code=failure.code)
        count("FirstAnswersNotKept")
    return answer
