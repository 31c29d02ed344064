"""The content of S3, kept in files of this machine: the stand-in loses it at its end, and is filled again from here."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

# A file's name may have 255 bytes, and gets a suffix of ours.
LONGEST_NAME = 200
CHUNK = 256 * 1024
ABOUT = ("ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "Metadata")


@dataclass(frozen=True)
class Kept:
    """An object: its key, the file with its content, and the headers that S3 sends with it."""

    key: str
    path: Path
    about: dict[str, Any]


class Objects:
    """One folder for each bucket, two files for each object.

    The second file is written last: without it there is no object.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, bucket: str, key: str, content: Iterable[bytes], about: dict[str, Any]) -> None:
        """Store an object in place of any previous one; `about` is S3's answer to a request for it."""
        path = self._path(bucket, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = path.with_name(path.name + "#arriving")
        with arriving.open("wb") as file:
            file.writelines(content)
        arriving.replace(path)
        said = {name: about[name] for name in ABOUT if about.get(name)}
        _beside(path).write_text(json.dumps({"key": key, "about": said}))

    def drop(self, bucket: str, key: str) -> None:
        """Delete an object; it is no error if there is none."""
        path = self._path(bucket, key)
        _beside(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def of(self, bucket: str) -> Iterator[Kept]:
        """Return every object of a bucket."""
        for beside in sorted((self._folder / bucket).glob("*#.json")):
            kept = json.loads(beside.read_text())
            yield Kept(kept["key"], self._path(bucket, kept["key"]), kept["about"])

    def find(self, bucket: str, key: str) -> tuple[bytes, dict[str, Any]] | None:
        """Return an object's content and its headers, or None."""
        path = self._path(bucket, key)
        try:
            return path.read_bytes(), json.loads(_beside(path).read_text())["about"]
        except FileNotFoundError:
            return None

    def _path(self, bucket: str, key: str) -> Path:
        # Encoded like this, no two keys share one name: not "a" and "a/b", nor "a/../b" and "b".
        name = quote(key, safe="")
        if len(name) > LONGEST_NAME:
            name = hashlib.blake2b(key.encode(), digest_size=20).hexdigest()
        return self._folder / bucket / name


def _beside(path: Path) -> Path:
    return path.with_name(path.name + "#.json")
