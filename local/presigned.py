"""Presigned requests, checked as S3 checks them: a request must match what was signed, and be in time."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNATURE = "X-Amz-Signature"


@dataclass(frozen=True)
class Refusal:
    """Why S3 refuses a request."""

    status: int
    code: str
    message: str


DENIED = Refusal(403, "AccessDenied", "Access Denied")
MALFORMED = Refusal(
    400, "AuthorizationQueryParametersError", "A presigned request must say all of its X-Amz- parameters"
)
EXPIRED = Refusal(403, "AccessDenied", "Request has expired")
NOT_SIGNED = Refusal(403, "AccessDenied", "There were headers present in the request which were not signed")
MISMATCH = Refusal(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
)


def refusal(method: str, target: str, headers: Mapping[str, str], *, secret: str, now: datetime) -> Refusal | None:
    """Return why a request is refused, or None.

    `headers` are by lower-case name; the SDK's own signature is trusted.
    """
    path, _, query = target.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    if _SIGNATURE not in given:
        return None if headers.get("authorization", "").startswith(ALGORITHM) else DENIED
    try:
        signed_at = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        life = timedelta(seconds=int(given["X-Amz-Expires"]))
        scope = given["X-Amz-Credential"].split("/")[1:]
        signed = given["X-Amz-SignedHeaders"].split(";")
    except (KeyError, ValueError):
        return MALFORMED
    if now > signed_at + life:
        return EXPIRED
    if any(name.startswith("x-amz-") and name not in signed for name in headers):
        return NOT_SIGNED
    said = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
    request = "\n".join([method, path, _canonical(query), said, ";".join(signed), "UNSIGNED-PAYLOAD"])
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join([ALGORITHM, given["X-Amz-Date"], "/".join(scope), digest])
    return None if hmac.compare_digest(_sign(secret, scope, text), given[_SIGNATURE]) else MISMATCH


def _canonical(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&"))
    encoded = [(quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")) for name, _, value in pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded) if name != _SIGNATURE)


def _sign(secret: str, scope: list[str], text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
