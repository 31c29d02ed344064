"""Who may: every route declares one of `anyone`, `by_cookie`, `signed_in` or `allowed(…)`, or it can't be built."""

from typing import Annotated, Any, ClassVar, cast, override
from urllib.parse import urlsplit

from fastapi import Depends, Request, params
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from pydantic.alias_generators import to_pascal

from ravo.platform.audit import Actor, acting
from ravo.platform.errors import Forbidden, ForeignPage, Refusal, SecondFactorRequired, Unauthenticated
from ravo.platform.http import front_door
from ravo.platform.http.context import current_request, request_id
from ravo.platform.settings import settings
from ravo.platform.tokens import Principal, verify

# Methods that change nothing.
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def address_of(event: dict[str, Any]) -> str:
    """Return the caller's network address: the one that CloudFront saw if the request came through it, else the peer's.

    Of an IPv6 address it is the /64, which is one caller's.
    """
    return front_door.caller_of(front_door.viewer_address(event) or str(event["requestContext"]["http"]["sourceIp"]))


def bearer_of(event: dict[str, Any]) -> str | None:
    """Return the request's bearer token. Raises `Unauthenticated` for an Authorization header of another kind."""
    header = cast("dict[str, str]", event.get("headers") or {}).get("authorization")
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send the access token as a bearer token.")
    return token.strip()


def principal_of(event: dict[str, Any]) -> Principal | None:
    """Return who asks, or None for a guest."""
    token = bearer_of(event)
    return verify(token) if token else None


class Access:
    """A declaration of who may call a route; as a dependency it lets in or refuses who was found to ask."""

    # What it may refuse with; every route that declares it has these in the API's description.
    refusals: ClassVar[tuple[type[Refusal], ...]] = (Unauthenticated,)
    # Whether an `Idempotency-Key` is heeded.
    keeps_answers: ClassVar[bool] = True

    async def __call__(self, request: Request) -> Principal | None:  # noqa: ARG002  (some want to know what is asked)
        """Admit the caller; raises `Unauthenticated` or `Forbidden`."""
        return self.admit(current_request.get().principal)

    def admit(self, principal: Principal | None) -> Principal | None:
        """Decide; guests and everyone else pass here."""
        return principal


class _Signed(Access):
    """For webhooks: the provider proves itself by a signature of the body, which the endpoint checks.

    They are not limited.
    """

    refusals = ()
    keeps_answers = False

    @override
    async def __call__(self, request: Request) -> None:
        """Let everyone through to the check."""


class _ByCookie(Access):
    """For what knows a browser only by its cookie, which it would also send for a page of another host of the same
    site.
    """

    refusals = (Unauthenticated, ForeignPage)

    @override
    async def __call__(self, request: Request) -> Principal | None:
        """Admit pages of ours, and programs that are no browser: a browser names the page's origin with each change."""
        origin = request.headers.get("origin")
        if origin and origin not in _own_origins():
            raise ForeignPage
        return await super().__call__(request)


class _SignedIn(Access, SecurityBase):
    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="An access token from POST /api/v1/identity/login.")
        self.scheme_name = "accessToken"

    @override
    def admit(self, principal: Principal | None) -> Principal:
        if principal is None:
            raise Unauthenticated
        return principal


class _Person(_SignedIn):
    """For what someone has as a person: an account, orders, a cart."""

    refusals = (Unauthenticated, Forbidden)

    @override
    def admit(self, principal: Principal | None) -> Principal:
        known = super().admit(principal)
        if known.kind == "key":
            raise Forbidden("A machine's key has no account.")
        return known


class _Allowed(_SignedIn):
    refusals = (Unauthenticated, Forbidden, SecondFactorRequired)

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    @override
    async def __call__(self, request: Request) -> Principal | None:
        """Admit who may; what such a caller changes is put on record."""
        principal = await super().__call__(request)
        if principal and request.method not in SAFE_METHODS:
            acting.set(_actor(principal, request.scope))
        return principal

    @override
    def admit(self, principal: Principal | None) -> Principal:
        known = super().admit(principal)
        if not known.may(self.permission):
            raise Forbidden
        # A machine's key has no second factor to show; it is one that staff made.
        if known.kind == "user" and not known.second_factor and settings().staff_second_factor == "required":
            raise SecondFactorRequired
        return known


def _own_origins() -> set[str]:
    here = settings()
    public = urlsplit(here.public_url)
    return {f"{public.scheme}://{public.netloc}", *(each.strip() for each in here.allowed_origins.split(","))}


def _actor(principal: Principal, scope: Any) -> Actor:
    event = scope["aws.event"]
    return Actor(
        id=principal.id,
        kind=principal.kind,
        action=to_pascal(scope["endpoint"].__name__),
        network_address=address_of(event),
        user_agent=str((event.get("headers") or {}).get("user-agent", ""))[:255],
        request_id=request_id.get(),
    )


# For a route's `dependencies`: guests too.
anyone: Any = Depends(Access())
# For the `dependencies` of a route that takes a cookie for all it needs to know: guests too, but from pages of ours.
by_cookie: Any = Depends(_ByCookie())
# For a webhook's `dependencies`: the endpoint verifies the signature of what is sent.
signed: Any = Depends(_Signed())
# For a route's `dependencies`: people who are signed in, but no machines. `Caller` gives the endpoint who it is.
signed_in: Any = Depends(_Person())

type Caller = Annotated[Principal, signed_in]
# The caller, None for a guest.
type Visitor = Annotated[Principal | None, anyone]


def allowed(permission: str) -> params.Depends:
    """Require a permission. Stands in a route's `dependencies`, or in `Annotated[Principal, allowed("…")]`."""
    return Depends(_Allowed(permission))
