"""A client of the shop's HTTP API, as any outside program would use it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

API = "/api/v1"
# The largest file that is sent in the request itself; larger files go straight to S3.
LARGEST_BODY = 1024 * 1024
LOOK_EVERY_SECONDS = 0.1


class Refused(Exception):
    """The shop answered with something other than success."""


@dataclass(frozen=True)
class Answer:
    """A status, and the answer that came with it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON."""
        return json.loads(self.body)


class Shop:
    """A shop at an address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._token: str | None = None

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as this person for all later requests."""
        session = self.post("/identity/login", {"email": email, "password": password})
        self._token = session["accessToken"]

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Send a GET request; returns the whole envelope."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._expect(self.send("GET", f"{self.url}{API}{path}{asked}")).document

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        """Send a POST request, which takes effect once for each key; returns the envelope's data."""
        return self._change("POST", path, body or {}, {"idempotency-key": key} if key else {})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Send a PUT request; returns the envelope's data."""
        return self._change("PUT", path, body, {})

    def upload(self, filename: str, content: bytes) -> str:
        """Upload a file for an import; returns its upload id."""
        allowed = self.post("/catalog/admin/import-uploads", {"filename": filename, "size": len(content)})
        self._expect(self.send(allowed["method"], allowed["url"], content, allowed["headers"], ours=False))
        return allowed["uploadId"]

    def begin_import(self, csv: Path, *, kind: str, pictures: bytes | None = None, validate_only: bool = False) -> str:
        """Start the import of a file in a format; returns the import's id."""
        wanted: dict[str, Any] = {"format": kind, "validateOnly": validate_only}
        content = csv.read_bytes()
        # A file that is escaped in JSON is larger than the file itself.
        if len(content) < LARGEST_BODY // 2:
            wanted["csv"] = content.decode()
        else:
            wanted["uploadId"] = self.upload(csv.name, content)
        if pictures:
            wanted["imagesUploadId"] = self.upload("pictures.zip", pictures)
        return self.post("/catalog/admin/imports", wanted)["id"]

    def finish_import(
        self, import_id: str, *, within: float, watch: Callable[[dict[str, Any]], None] | None = None
    ) -> dict[str, Any]:
        """Wait until an import ends and return its result; `watch` sees each state on the way.

        Raises `Refused` for an import that failed, and `TimeoutError` for one that takes longer than `within` seconds.
        """
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            state = self.get(f"/catalog/admin/imports/{import_id}")["data"]
            if watch:
                watch(state)
            if state["status"] == "failed":
                raise Refused(f"the import failed: {state['failure']}")
            if state["status"] == "completed":
                return state
            time.sleep(LOOK_EVERY_SECONDS)
        raise TimeoutError(f"the import is not done after {within:.0f} s")

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        ours: bool = True,
    ) -> Answer:
        """Send any request.

        The access token only goes to the shop, not to other addresses (`ours` is false) that the shop sends us to.
        """
        sent = dict(headers or {})
        if ours and self._token:
            sent["authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(url, body, sent, method=method)  # noqa: S310  (the address is the shop's)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return Answer(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read())

    def _change(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        sent = headers | {"content-type": "application/json"}
        answer = self.send(method, f"{self.url}{API}{path}", json.dumps(body).encode(), sent)
        return self._expect(answer).document["data"]

    def _expect(self, answer: Answer) -> Answer:
        if answer.status >= 400:
            raise Refused(f"{answer.status}: {answer.body.decode(errors='replace')[:500]}")
        return answer


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
