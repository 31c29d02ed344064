"""Pictures that come with an import: a zip, unpacked safely, each picture stored under its product's path for it."""

import re
import tempfile
import zipfile
from pathlib import PurePosixPath

from ravo.catalog.imports.formats import MEDIA
from ravo.platform import storage
from ravo.platform.settings import settings

CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
}
# What a file of each type begins with: an ending proves nothing. Dots stand for a size.
_BEGINNINGS = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "image/avif": re.compile(rb".{4}ftyp.{0,56}avi[fs]", re.DOTALL),
    "image/gif": re.compile(rb"GIF8[79]a"),
}
LARGEST_PICTURE = 20 * 1024 * 1024
MOST_PICTURES = 5_000
# Pictures hardly get smaller in a zip, so a zip of the largest size allowed stays far below this when unpacked.
LARGEST_WHOLE = 2 * 1024**3
PIECE = 1024 * 1024
KEPT = "public, max-age=86400"


def unpack(bucket: str, key: str) -> str | None:
    """Store the pictures of a zip; returns a note about what was left out. Doing it again stores the same pictures."""
    with tempfile.TemporaryFile() as copy:
        with storage.open_from(bucket, key) as stream:
            while piece := stream.read(PIECE):
                copy.write(piece)
        try:
            with zipfile.ZipFile(copy) as archive:
                return _unpack(archive)
        except zipfile.BadZipFile:
            return "The images are not a zip file; none were stored."


def _unpack(archive: zipfile.ZipFile) -> str | None:
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    if sum(entry.file_size for entry in files) > LARGEST_WHOLE:
        return "The images are too large when unpacked; none were stored. Send fewer or smaller ones."
    left_out = 0
    for entry in files[:MOST_PICTURES]:
        path = safe_path(entry.filename)
        content_type = CONTENT_TYPES.get(PurePosixPath(entry.filename).suffix.lower())
        if path is None or content_type is None or entry.file_size > LARGEST_PICTURE:
            left_out += 1
            continue
        # The archive's own figure for a picture's size can't be trusted: no more than the limit is ever unpacked.
        with archive.open(entry) as picture:
            body = picture.read(LARGEST_PICTURE + 1)
        if len(body) > LARGEST_PICTURE or not _BEGINNINGS[content_type].match(body):
            left_out += 1
            continue
        storage.write(
            str(settings().media_bucket),
            f"{MEDIA}/{path}".lstrip("/"),
            body,
            content_type=content_type,
            cache_control=KEPT,
        )
    left_out += max(0, len(files) - MOST_PICTURES)
    return f"{left_out} files of the zip were left out: not pictures, too large, or too many." if left_out else None


def safe_path(name: str) -> str | None:
    """Return a zip entry's path below the pictures' folder, or None for one that would leave it."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or any(part in ("..", ".") or ":" in part for part in parts):
        return None
    return "/".join(parts)
