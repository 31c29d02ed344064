"""The store of first answers: each act has one row, which whoever comes first writes, and which says what came of it for a day."""

import time
from dataclasses import dataclass
from typing import Any

from ravo.platform.aws.calls import DYNAMODB, CallFailed, call
from ravo.platform.http.idempotency.crypto import Act
from ravo.platform.settings import settings

KEPT_FOR_SECONDS = 24 * 60 * 60
_UNDER_WAY, _DONE = "INPROGRESS", "COMPLETED"
# There is none yet, or it is too old, or who began it can't be running any more.
_IS_FREE = "attribute_not_exists(#id) OR #expiry < :now OR (#status = :under_way AND #until < :now_in_ms)"
_NAMES = {"#id": "id", "#expiry": "expiration", "#status": "status", "#until": "in_progress_expiration"}


@dataclass(frozen=True)
class Earlier:
    """What an act of the same name came to: `fingerprint` says what was asked for, and `answer` is sealed, or None while it is under way."""

    fingerprint: str
    answer: str | None


def begin(act: Act, *, milliseconds: int) -> Earlier | None:
    """Write down that an act begins, which ends after so many milliseconds at the latest; returns the earlier one that stands in its way.

    Raises `CallFailed`.
    """
    now = time.time()
    row = {
        "id": {"S": act.name},
        "status": {"S": _UNDER_WAY},
        "validation": {"S": act.fingerprint},
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
        return _earlier(failure.said.get("Item") or {}, act)
    return None


def keep(act: Act, sealed: str) -> None:
    """Write down what an act came to. Raises `CallFailed`."""
    values = {":answer": {"S": sealed}, ":done": {"S": _DONE}, ":expiry": _number(time.time() + KEPT_FOR_SECONDS)}
    call(
        DYNAMODB,
        "UpdateItem",
        {
            **_row_of(act),
            "UpdateExpression": "SET #data = :answer, #status = :done, #expiry = :expiry",
            "ExpressionAttributeNames": {"#data": "data", "#status": "status", "#expiry": "expiration"},
            "ExpressionAttributeValues": values,
        },
    )


def forget(act: Act) -> None:
    """Let an act be done again, as if it had never begun. Raises `CallFailed`."""
    call(DYNAMODB, "DeleteItem", _row_of(act))


def _earlier(row: dict[str, Any], act: Act) -> Earlier:
    """Read a row; one that was forgotten this moment counts as under way, so that its act is asked for again soon."""
    done = row.get("status", {}).get("S") == _DONE
    return Earlier(row.get("validation", {}).get("S", act.fingerprint), row["data"]["S"] if done else None)


def _row_of(act: Act) -> dict[str, Any]:
    return {"TableName": settings().idempotency_table, "Key": {"id": {"S": act.name}}}


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}
