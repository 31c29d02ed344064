"""The boundary around a running function: its calls of AWS are checked against its grants and denied as by AWS.

It is built outside the deployed code: on boto3's own events, on the hooks of the client without boto3, and, for secrets
that a laptop gives by their value, on the start of the functions that return them.
"""

import sys
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import CodeType
from typing import Any

from local.calls import asked, parameter, secret
from local.iam import Grant, granted
from local.rights import Rights

type OnUse = Callable[[str, Grant, str], None]

_GET_SECRET, _GET_PARAMETER = "secretsmanager:GetSecretValue", "ssm:GetParameter"
# What an environment fetches once and keeps is charged to each function that reads it. On AWS each function is one of
# its own, and would have had to fetch it. By module and function: the action, and the variable that says where the
# secret is.
_HANDED_OUT = {
    ("ravo.platform.secrets", "database_url"): (_GET_SECRET, "DATABASE_SECRET_ARN"),
    ("ravo.platform.secrets", "signing_key"): (_GET_SECRET, "SIGNING_KEY_SECRET_ARN"),
    ("ravo.platform.secrets", "verification_keys"): (_GET_PARAMETER, "VERIFICATION_KEYS_PARAMETER"),
    ("ravo.platform.secrets", "openai_api_key"): (_GET_SECRET, "OPENAI_API_KEY_SECRET_ARN"),
    ("ravo.platform.secrets", "sealing_secret"): (_GET_SECRET, "SEALING_SECRET_ARN"),
    ("ravo.platform.secrets", "origin_secrets"): (_GET_SECRET, "ORIGIN_SECRET_ARN"),
    ("ravo.platform.secrets", "google_client_secret"): (_GET_SECRET, "GOOGLE_CLIENT_SECRET_ARN"),
    ("ravo.platform.secrets", "github_client_secret"): (_GET_SECRET, "GITHUB_CLIENT_SECRET_ARN"),
    ("ravo.platform.secrets", "stripe_api_key"): (_GET_SECRET, "STRIPE_API_KEY_SECRET_ARN"),
    ("ravo.platform.secrets", "stripe_webhook_secret"): (_GET_SECRET, "STRIPE_WEBHOOK_SECRET_ARN"),
    # The connection is kept, so its address is only looked up once.
    ("ravo.platform.database", "_session"): (_GET_SECRET, "DATABASE_SECRET_ARN"),
}
# The AWS client without boto3, with its hooks.
_CALLS = "ravo.platform.aws.calls"
# An id that no debugger, profiler or coverage tool takes.
_MONITOR = 4
REMEMBERED = 100


def _unnoted(_function: str, _grant: Grant, _action: str) -> None:
    """Do not record a use."""


class Boundary:
    """Checks the running function against its rights; outside of any function everything is allowed.

    `on_use` is called for each grant that was used, with the function and the action. A process has one boundary, and
    one function at a time inside it.
    """

    def __init__(self, rights: Mapping[str, Rights], on_use: OnUse = _unnoted) -> None:
        self._rights = rights
        self._on_use = on_use
        self._running: str | None = None
        # The watched functions, by their code.
        self._watched: dict[CodeType, tuple[str, str]] = {}
        # The latest denials, as messages.
        self.denied: deque[str] = deque(maxlen=REMEMBERED)

    def stand(self) -> None:
        """Stand between functions and AWS from now on; clients that were created before are not seen."""
        monitoring = sys.monitoring
        monitoring.use_tool_id(_MONITOR, "grants")
        monitoring.register_callback(_MONITOR, monitoring.events.PY_START, self._on_start)
        try:
            from botocore.handlers import BUILTIN_HANDLERS
        except ImportError:
            # A process without boto3 makes no calls through it.
            return
        BUILTIN_HANDLERS.append(("before-parameter-build", self._on_call))

    @contextmanager
    def around(self, function: str) -> Generator[None]:
        """Run a function inside the boundary."""
        self._watch()
        before, self._running = self._running, function
        try:
            yield
        finally:
            self._running = before

    def _watch(self) -> None:
        """Watch the AWS client and the functions that return secrets, once they are loaded.

        Functions are not replaced: a module that imported one by name would continue with the old one.
        """
        calls = sys.modules.get(_CALLS)
        if calls and self._on_direct_call not in calls.before_call:
            calls.before_call.append(self._on_direct_call)
        for place in set(_HANDED_OUT).difference(self._watched.values()):
            module, name = place
            if module in sys.modules:
                code = getattr(sys.modules[module], name).__code__
                self._watched[code] = place
                sys.monitoring.set_local_events(_MONITOR, code, sys.monitoring.events.PY_START)

    def _on_start(self, code: CodeType, _offset: int) -> None:
        if self._running is None:
            return
        action, variable = _HANDED_OUT[self._watched[code]]
        place = self._rights_of(self._running).places.get(variable, "")
        resource = parameter(place) if action == _GET_PARAMETER else secret(place)
        if not self._allows(self._running, action, resource):
            raise sys.modules["ravo.platform.secrets"].SecretMissing(place)

    def _on_direct_call(self, service: Any, operation: str, parameters: Mapping[str, Any]) -> None:
        if self._running is None:
            return
        for action, resource in asked(service.name, operation, parameters):
            if not self._allows(self._running, action, resource):
                said = {"status": 403, "message": self.denied[-1]}
                raise sys.modules[_CALLS].CallFailed("AccessDeniedException", said)

    def _on_call(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self._running is None:
            return
        service = model.service_model.service_name
        for action, resource in asked(service, model.name, params):
            if not self._allows(self._running, action, resource):
                raise _refusal(service, model.name, self.denied[-1])

    def _allows(self, function: str, action: str, resource: str) -> bool:
        grant = granted(self._rights_of(function).grants, action, resource)
        if grant is None:
            self.denied.append(f"{function} has no grant for {action} on {resource}")
            print(f"AccessDenied: {self.denied[-1]}", flush=True)
            return False
        self._on_use(function, grant, action)
        return True

    def _rights_of(self, function: str) -> Rights:
        return self._rights.get(function) or Rights((), {})


def _refusal(service: str, operation: str, message: str) -> Exception:
    from botocore.exceptions import ClientError

    # An answer to HEAD has no body to say more in.
    code = (
        "403"
        if operation.startswith("Head")
        else "AccessDenied"
        if service in ("s3", "sqs")
        else "AccessDeniedException"
    )
    said: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    return ClientError(said, operation)
