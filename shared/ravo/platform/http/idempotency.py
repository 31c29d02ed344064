"""`Idempotency-Key`: the same key and body replays the first answer for a day, the same key with another body is refused."""

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
    UpstreamUnavailable,
)
from ravo.platform.http.access import SAFE_METHODS
from ravo.platform.http.current import admission, known, refusing
from ravo.platform.http.sealing import Act
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
    """Answer a request, a mutation with an `Idempotency-Key` only once per function, caller and key."""
    asking = admission.get()
    if asking.refused:
        return _refused(asking.refused, event, context, gateway)
    key = (event.get("headers") or {}).get("idempotency-key")
    if key is None or asking.stranger or event["requestContext"]["http"]["method"] in SAFE_METHODS:
        return gateway(event, context)
    if not _KEY.fullmatch(key):
        refusal = Invalid(details=[Detail("Idempotency-Key", "1 to 255 printable ASCII characters")])
        return _refused(refusal, event, context, gateway)
    return _replay_or_run(Act.of(event, context.function_name, asking.caller, key), event, context, gateway)


def _replay_or_run(act: Act, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, exceptions, idempotent_function

    def run(request: dict[str, str]) -> str:  # noqa: ARG001  (Powertools reads it to know the request)
        answer = gateway(event, context)
        if answer["statusCode"] >= 500 or answer["statusCode"] in NOT_KEPT:
            raise _NotKept(answer)
        return act.seal(answer)

    config = IdempotencyConfig(
        event_key_jmespath="name",
        payload_validation_jmespath="fingerprint",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=KEPT_FOR_SECONDS,
        hash_function="sha256",
        lambda_context=context,
    )
    run_once = idempotent_function(run, data_keyword_argument="request", persistence_store=_store(), config=config)
    try:
        return act.open(run_once(request={"name": act.name, "fingerprint": act.fingerprint}))
    except _NotKept as not_kept:
        return not_kept.answer
    except exceptions.IdempotencyValidationError:
        refusal: Refusal = IdempotencyMismatch()
    except (exceptions.IdempotencyAlreadyInProgressError, exceptions.IdempotencyInconsistentStateError):
        refusal = Conflict("The first request with this Idempotency-Key is still under way.", retry_after=1)
    except exceptions.IdempotencyPersistenceLayerError:
        logger().exception("idempotency records not available")
        refusal = UpstreamUnavailable(retry_after=2)
    return _refused(refusal, event, context, gateway)


@cache
def _store() -> Any:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    # With our client, since the library's own waits for a minute.
    return DynamoDBPersistenceLayer(table_name=str(settings().idempotency_table), boto3_client=aws.client("dynamodb"))


def forget_store() -> None:
    """Make the store anew on next use; after a change of settings."""
    _store.cache_clear()


def _refused(refusal: Refusal, event: dict[str, Any], context: Any, gateway: Gateway) -> dict[str, Any]:
    """Have the application write a refusal, with all that its answers have, and do nothing else."""
    with known(refusing, refusal):
        return gateway(event, context)
