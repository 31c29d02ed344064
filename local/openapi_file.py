"""The API's description as a file, built again if its sources have changed: `python -m local.openapi_file`."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "functions" / "operations" / "openapi.json"
# Records the sources that the document was made of.
_STAMP = ROOT / ".local" / "openapi-sources"
_MADE_OF = (
    "shared/ravo/**/*.py",
    "functions/**/*.py",
    "functions/**/template.yaml",
    "events/*/*.json",
    "local/openapi*.py",
    "local/examples.py",
    "uv.lock",
)


def built() -> Path:
    """Return the path of the document, and build it first if it is missing or outdated.

    Of several processes only one builds it.
    """
    _STAMP.parent.mkdir(exist_ok=True)
    with _STAMP.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = _sources()
        if not DOCUMENT.exists() or not _STAMP.exists() or _STAMP.read_text() != sources:
            environment = os.environ | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}"}
            subprocess.run([sys.executable, "-m", "local.openapi"], env=environment, cwd=ROOT, check=True)
            _STAMP.write_text(sources)
    return DOCUMENT


def _sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _MADE_OF for path in ROOT.glob(pattern)):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    built()
