"""The idempotency store: one row a request in DynamoDB, which keeps its first answer for a day."""

import time
from dataclasses import dataclass
from typing import Any

from ravo.platform.aws.calls import DYNAMODB, CallFailed, call
from ravo.platform.http.idempotency.crypto import IdempotentRequest
from ravo.platform.settings import settings

KEPT_FOR_SECONDS = 24 * 60 * 60
_UNDER_WAY, _DONE = "INPROGRESS", "COMPLETED"
# There is none yet, or it is too old, or its function can't be running any more.
_IS_FREE = "attribute_not_exists(#id) OR #expiry < :now OR (#status = :under_way AND #until < :now_in_ms)"
_NAMES = {"#id": "id", "#expiry": "expiration", "#status": "status", "#until": "in_progress_expiration"}


@dataclass(frozen=True)
class Record:
    """An earlier request of the same name: `fingerprint` says what it asked; `answer` is sealed, or None."""

    fingerprint: str
    answer: str | None


def begin(request: IdempotentRequest, *, milliseconds: int) -> Record | None:
    """Write down that a request begins, and return the earlier one of its name if there is one.

    It counts as under way for `milliseconds` at most. Raises `CallFailed`.
    """
    now = time.time()
    row = {
        "id": {"S": request.name},
        "status": {"S": _UNDER_WAY},
        "validation": {"S": request.fingerprint},
        "expiration": _number(now + KEPT_FOR_SECONDS),
        "in_progress_expiration": _number(now * 1000 + milliseconds),
    }
    values = {":now": _number(now), ":now_in_ms": _number(now * 1000), ":under_way": {"S": _UNDER_WAY}}
    condition = {
        "ConditionExpression": _IS_FREE,
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    try:
        call(DYNAMODB, "PutItem", {"TableName": settings().idempotency_table, "Item": row, **condition})
    except CallFailed as failure:
        if failure.code != "ConditionalCheckFailedException":
            raise
        return _record(failure.said.get("Item") or {}, request)
    return None


def keep(request: IdempotentRequest, sealed: str) -> None:
    """Keep the answer to a request. Raises `CallFailed`."""
    values = {":answer": {"S": sealed}, ":done": {"S": _DONE}, ":expiry": _number(time.time() + KEPT_FOR_SECONDS)}
    call(
        DYNAMODB,
        "UpdateItem",
        {
            **_row_of(request),
            "UpdateExpression": "SET #data = :answer, #status = :done, #expiry = :expiry",
            "ExpressionAttributeNames": {"#data": "data", "#status": "status", "#expiry": "expiration"},
            "ExpressionAttributeValues": values,
        },
    )


def forget(request: IdempotentRequest) -> None:
    """Let a request be done again, as if it had never begun. Raises `CallFailed`."""
    call(DYNAMODB, "DeleteItem", _row_of(request))


def _record(row: dict[str, Any], request: IdempotentRequest) -> Record:
    """Read a row; one that was forgotten a moment ago counts as under way, so that its caller soon tries again."""
    done = row.get("status", {}).get("S") == _DONE
    return Record(row.get("validation", {}).get("S", request.fingerprint), row["data"]["S"] if done else None)


def _row_of(request: IdempotentRequest) -> dict[str, Any]:
    return {"TableName": settings().idempotency_table, "Key": {"id": {"S": request.name}}}


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}
