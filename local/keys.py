"""The signing key of this checkout, made once and kept."""

import json
import sys
from pathlib import Path


def signing_key(folder: Path, shared: Path) -> tuple[str, str]:
    """Return the private key as PEM and its published key set."""
    if str(shared) not in sys.path:
        sys.path.insert(0, str(shared))
    from ravo.platform import tokens

    path = folder / "signing-key.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(tokens.new_signing_key())
    private = path.read_text()
    return private, json.dumps(json.loads(tokens.published_keys(private)))
