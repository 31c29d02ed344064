"""The demo catalogue's files: its rows, and its pictures in one zip."""

import io
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROWS = HERE / "catalogue.csv"
PICTURES = HERE / "pictures"


def pictures_zip(folder: Path = PICTURES) -> bytes:
    """Put a folder's pictures into a zip, under the relative paths by which products name them."""
    packed = io.BytesIO()
    # Pictures are compressed already.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return packed.getvalue()
