"""`Idempotency-Key`: the same key and body replays the first answer for a day, the same key with another body is refused."""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Header

from ravo.platform import aws
from ravo.platform.errors import (
    Conflict,
    Detail,
    IdempotencyMismatch,
    Invalid,
    Refusal,
    Unauthenticated,
    UpstreamUnavailable,
)
from ravo.platform.http.access import SAFE_METHODS, principal_of
from ravo.platform.http.finish import whole
from ravo.platform.http.refusals import render
from ravo.platform.observability import logger
from ravo.platform.settings import settings

type Gateway = Callable[[dict[str, Any], Any], dict[str, Any]]

KEPT_FOR_SECONDS = 24 * 60 * 60
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


class _NotKept(Exception):
    """Carries an answer past Powertools, which forgets the key of a call that raises."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer


def once(event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    """Answer a request, a mutation with an `Idempotency-Key` only once per caller, function and key."""
    key = (event.get("headers") or {}).get("idempotency-key")
    if key is None or event["requestContext"]["http"]["method"] in SAFE_METHODS:
        return gateway(event, context)
    if not _KEY.fullmatch(key):
        return _lambda_answer(Invalid(details=[Detail("Idempotency-Key", "1 to 255 printable ASCII characters")]))
    try:
        principal = principal_of(event)
    except Unauthenticated:
        return gateway(event, context)
    who = principal.id if principal else "guest"
    return _replay_or_run(f"{context.function_name}#{who}#{key}", event, context, gateway)


def _replay_or_run(key: str, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, exceptions, idempotent_function

    def run(request: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001  (Powertools reads it to know the request)
        answer = gateway(event, context)
        if answer["statusCode"] >= 500 or answer["statusCode"] in NOT_KEPT:
            raise _NotKept(answer)
        return answer

    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="fingerprint",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=KEPT_FOR_SECONDS,
        lambda_context=context,
    )
    run_once = idempotent_function(run, data_keyword_argument="request", persistence_store=_store(), config=config)
    try:
        return run_once(request={"key": key, "fingerprint": _fingerprint(event)})
    except _NotKept as not_kept:
        return not_kept.answer
    except exceptions.IdempotencyValidationError:
        return _lambda_answer(IdempotencyMismatch())
    except exceptions.IdempotencyAlreadyInProgressError:
        return _lambda_answer(
            Conflict("The first request with this Idempotency-Key is still under way.", retry_after=1)
        )
    except exceptions.IdempotencyPersistenceLayerError:
        logger().exception("idempotency records not available")
        return _lambda_answer(UpstreamUnavailable(retry_after=2))


@cache
def _store() -> Any:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    # With our client, since the library's own waits for a minute.
    return DynamoDBPersistenceLayer(table_name=str(settings().idempotency_table), boto3_client=aws.client("dynamodb"))


def forget_store() -> None:
    """Make the store anew on next use; after a change of settings."""
    _store.cache_clear()


def _fingerprint(event: dict[str, Any]) -> str:
    """What makes two requests the same: method, path, query and body."""
    parts = (
        event["requestContext"]["http"]["method"],
        event["rawPath"],
        event.get("rawQueryString") or "",
        event.get("body") or "",
    )
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=32).hexdigest()


def _lambda_answer(refusal: Refusal) -> dict[str, Any]:
    """Write a refusal as Lambda's answer; it comes before there is an application to do so."""
    return whole(render(refusal))
