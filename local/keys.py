"""The keys with which this checkout signs and seals, created once and kept."""

import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path


def signing_key(folder: Path, shared: Path) -> tuple[str, str]:
    """Return the private key as PEM and its published key set."""
    if str(shared) not in sys.path:
        sys.path.insert(0, str(shared))
    from ravo.platform import tokens

    private = _kept(folder / "signing-key.pem", tokens.new_signing_key)
    return private, json.dumps(json.loads(tokens.published_keys(private)))


def sealing_secret(folder: Path) -> str:
    """Return the secret with which functions seal cookies."""
    return _kept(folder / "sealing-secret", lambda: secrets.token_urlsafe(36))


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()
