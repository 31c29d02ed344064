"""Signature Version 4, by which AWS knows its callers.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """Who calls. `token` belongs to keys that last for hours only, as functions have them."""

    access_key: str
    secret_key: str
    token: str | None = None


def signed(
    headers: Mapping[str, str], body: bytes, path: str, *, by: Credentials, region: str, service: str, at: datetime
) -> dict[str, str]:
    """Return the headers of a POST of `body` to `path`, with those that say who sends it and when, all of them signed.

    `path` has only plain letters and slashes.

    `headers` have their names in lower case, and `host` is among them.
    """
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    stamped = {**headers, "x-amz-date": moment}
    if by.token:
        stamped["x-amz-security-token"] = by.token
    names = ";".join(sorted(stamped))
    lines = "".join(f"{name}:{stamped[name]}\n" for name in sorted(stamped))
    request = f"POST\n{path}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_key_of(by.secret_key, scope), to_sign.encode(), "sha256").hex()
    said = f"Credential={by.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return stamped | {"authorization": f"{_ALGORITHM} {said}"}


# A day's key, for each of the few services that one environment asks.
@lru_cache(maxsize=16)
def _key_of(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
