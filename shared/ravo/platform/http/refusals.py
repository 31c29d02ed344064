"""Refusals on the wire: the failure envelope, its place in OpenAPI, and what other exceptions mean to a caller."""

from collections.abc import Iterable
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from ravo.platform.errors import (
    Conflict,
    Detail,
    Internal,
    Invalid,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Refusal,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from ravo.platform.http.context import request_id
from ravo.platform.http.responses import PRIVATE, Meta
from ravo.platform.observability import count, logger
from ravo.platform.schemas import Reply
from ravo.platform.time import now


class FieldError(Reply):
    field: str
    message: str


class Failure(Reply):
    code: str
    message: str
    details: list[FieldError]


class FailureAnswer(Reply):
    """What every refusal looks like."""

    success: bool = False
    error: Failure
    meta: Meta


# Named, since a schema made from the model would be made again for each status at every start.
_FAILURE_CONTENT = {"application/json": {"schema": {"$ref": f"#/components/schemas/{FailureAnswer.__name__}"}}}

type Responses = dict[int | str, dict[str, Any]]


def refusals(*kinds: type[Refusal]) -> Responses:
    """List the refusals of an endpoint's domain for OpenAPI; its route adds those that it implies by itself."""
    return with_refusals({}, kinds)


def with_refusals(responses: Responses, kinds: Iterable[type[Refusal]]) -> Responses:
    """Return the responses with these refusals added, those of one status in one description."""
    added = {status: dict(response) for status, response in responses.items()}
    for kind in kinds:
        reason = f"`{kind.code}`: {kind.message}"
        response = added.setdefault(kind.status, {"description": reason, "content": _FAILURE_CONTENT})
        if reason not in response["description"].split("; "):
            response["description"] += f"; {reason}"
    return added


def render(refusal: Refusal) -> Response:
    """Write the failure envelope, and a log line to find it by: what was refused and where, never what was sent."""
    logger().info(
        "refused",
        code=refusal.code,
        status=refusal.status,
        fields=[detail.field for detail in refusal.details],
        cause=type(refusal.__cause__).__name__ if refusal.__cause__ else None,
    )
    document = {
        "success": False,
        "error": {
            "code": refusal.code,
            "message": refusal.text,
            "details": [detail._asdict() for detail in refusal.details],
        },
        "meta": {"timestamp": now(), "requestId": request_id.get()},
    }
    headers = {"cache-control": PRIVATE}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(refusal.retry_after)
    if refusal.status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(to_json(document), refusal.status, headers, media_type="application/json")


def refusal_for(error: Exception) -> Refusal:
    """Turn any exception into the refusal that its caller may see; the unexpected is logged with its stack."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return Invalid(details=[_detail(problem) for problem in error.errors()])
        case HTTPException():
            return _of_http(error)
        case _:
            return _of_database(error) or _unexpected(error)


def _detail(problem: Any) -> Detail:
    place = [str(part) for part in problem["loc"][1:]] or [str(problem["loc"][0])]
    return Detail(field=".".join(place), message=str(problem["msg"]).removeprefix("Value error, "))


def _of_http(error: HTTPException) -> Refusal:
    kinds: dict[int, type[Refusal]] = {
        404: NotFound,
        405: MethodNotAllowed,
        413: PayloadTooLarge,
        415: UnsupportedMediaType,
    }
    kind = kinds.get(error.status_code)
    return kind() if kind else Invalid("The request can't be read.")


def _of_database(error: Exception) -> Refusal | None:
    """What PostgreSQL said, as far as the caller can do something about it."""
    from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    match error:
        case IntegrityError():
            logger().warning("constraint refused", constraint=_constraint(error))
            return Conflict()
        case DataError():
            logger().warning("value refused by the database", error=type(error.orig).__name__)
            return Invalid()
        case OperationalError() | PoolTimeout():
            pass
        case DBAPIError() if error.connection_invalidated:
            pass
        case _:
            return None
    logger().exception("database not available")
    count("DatabaseUnavailable")
    return UpstreamUnavailable(retry_after=2)


def _constraint(error: Any) -> str:
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", None))


def _unexpected(error: Exception) -> Refusal:
    logger().exception("unhandled error", error=type(error).__name__)
    count("UnhandledError")
    return Internal()
