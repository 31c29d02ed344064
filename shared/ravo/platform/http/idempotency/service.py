"""`Idempotency-Key`: the same key and body replays the first answer for a day, the same key with another body is refused."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header

from ravo.platform.aws.calls import CallFailed
from ravo.platform.errors import (
    Conflict,
    Detail,
    IdempotencyMismatch,
    Invalid,
    Refusal,
    UpstreamUnavailable,
)
from ravo.platform.http.access import SAFE_METHODS
from ravo.platform.http.context import admission, known, refusing
from ravo.platform.http.idempotency import store as first_answers
from ravo.platform.http.idempotency.crypto import Act
from ravo.platform.observability import count, logger

type Gateway = Callable[[dict[str, Any], Any], dict[str, Any]]

# Answers that say «not now» or «not you»: the same request may well be right a moment later.
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


def once(event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    """Answer a request, a mutation with an `Idempotency-Key` only once per function, caller and key."""
    key = (event.get("headers") or {}).get("idempotency-key")
    if key is None or event["requestContext"]["http"]["method"] in SAFE_METHODS:
        return gateway(event, context)
    asking = admission.get()
    if asking.refused or asking.stranger:
        # The door refuses it.
        return gateway(event, context)
    if not _KEY.fullmatch(key):
        refusal = Invalid(details=[Detail("Idempotency-Key", "1 to 255 printable ASCII characters")])
        return _refused(refusal, event, context, gateway)
    return _replay_or_run(Act.of(event, context.function_name, asking.caller, key), event, context, gateway)


def _replay_or_run(act: Act, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    try:
        earlier = first_answers.begin(act, milliseconds=context.get_remaining_time_in_millis())
    except CallFailed as failure:
        logger().error("first answers are not available", code=failure.code)
        return _refused(UpstreamUnavailable(retry_after=2), event, context, gateway)
    if earlier is None:
        return _run(act, event, context, gateway)
    if earlier.fingerprint != act.fingerprint:
        return _refused(IdempotencyMismatch(), event, context, gateway)
    if earlier.answer is None:
        under_way = Conflict("The first request with this Idempotency-Key is still under way.", retry_after=1)
        return _refused(under_way, event, context, gateway)
    return act.open(earlier.answer)


def _run(act: Act, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    """Do what is asked for, and keep the answer before it leaves.

    What can't be kept is answered all the same: a refusal would have it sent again, and done again once its act counts as
    under way no more.
    """
    answer = gateway(event, context)
    try:
        if answer["statusCode"] >= 500 or answer["statusCode"] in NOT_KEPT:
            first_answers.forget(act)
        else:
            first_answers.keep(act, act.seal(answer))
    except CallFailed as failure:
        logger().error("a first answer is not kept", code=failure.code)
        count("FirstAnswersNotKept")
    return answer


def _refused(refusal: Refusal, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    """Have the application write a refusal, with all that its answers have, and do nothing else."""
    with known(refusing, refusal):
        return gateway(event, context)
