"""The Lambda handler around an application: everything that happens to a request before and after its endpoint."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from ravo.platform import cold_start
from ravo.platform.http import front_door
from ravo.platform.http.asgi import run_asgi
from ravo.platform.http.context import current_request, known, request_id
from ravo.platform.http.finish import Finish
from ravo.platform.http.idempotency import service as idempotency
from ravo.platform.http.limits import CountersOf, admit, no_further_limits
from ravo.platform.http.refusals import refusal_for, render
from ravo.platform.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# An event of payload version 2 or its answer, as API Gateway sends and takes them.
type Message = dict[str, Any]
type Handler = Callable[[Message, "LambdaContext"], Message]


def lambda_handler(app: FastAPI, *, limited: CountersOf = no_further_limits) -> Handler:
    """Make the Lambda handler of an application.

    Each request is counted against the limit of its caller and against those that `limited` names, before anything else
    is done for it. A mutation with an `Idempotency-Key` is done once. Every answer says what is left of the limits.
    """
    endpoint = _endpoint(app)

    def answer(event: Message, context: "LambdaContext") -> Message:
        request = admit(event, limited)

        def answer_once() -> Message:
            request.raise_if_refused()
            return idempotency.once(event, context, request.caller, endpoint)

        with known(current_request, request):
            answered = _or_refusal(answer_once, event, context)
        answered["headers"] |= request.headers()
        return answered

    return _handler(answer)


def webhook_handler(app: FastAPI) -> Handler:
    """Make the handler of a webhook: no limit counts it, its signature proves it, and its own records tell repeats."""
    return _handler(_endpoint(app))


def _handler(answer: Handler) -> Handler:
    def handle(event: Message, context: "LambdaContext") -> Message:
        logger().set_correlation_id(context.aws_request_id)
        logger().append_keys(function=context.function_name, caller=None)

        def answer_at_the_front_door() -> Message:
            front_door.check(event)
            return answer(event, context)

        with known(request_id, context.aws_request_id):
            answered = _or_refusal(answer_at_the_front_door, event, context)
        cold_start.ended()
        return answered

    return handle


def _endpoint(app: FastAPI) -> Handler:
    """Run the application, which always answers: what its own route can't refuse is refused here."""
    finished = Finish(app)
    return lambda event, context: _or_refusal(lambda: run_asgi(finished, event, context), event, context)


def _or_refusal(answer: Callable[[], Message], event: Message, context: "LambdaContext") -> Message:
    """Answer, or write the refusal that an exception means, with everything that other answers have."""
    try:
        return answer()
    except Exception as error:  # every exception has an answer, and the unexpected ones a log line
        return run_asgi(Finish(render(refusal_for(error))), event, context)
