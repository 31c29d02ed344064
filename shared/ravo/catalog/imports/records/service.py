"""CSV read from a byte stream, record by record, in bounded memory; reading can continue at any record's byte."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

# No product has a cell larger than this; without a limit, a quote that is never closed would swallow the file.
LARGEST_CELL = 200_000
DELIMITERS = ",;\t"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")

csv.field_size_limit(LARGEST_CELL)


class Unreadable(Exception):
    """The file as a whole can't be read; the message says why."""


@dataclass(frozen=True)
class Record:
    """One record: its cells by column, or its problem. `end` is the byte after it, `next_line` the line there."""

    line: int
    cells: dict[str, str] = field(default_factory=dict[str, str])
    problem: str | None = None
    end: int = 0
    next_line: int = 0


class _Lines:
    """Physical lines as text, counted. Bytes that are not UTF-8 become surrogates, so only their row is rejected."""

    def __init__(self, stream: IO[bytes], position: int, line: int) -> None:
        self._stream = stream
        self.position = position
        self.line = line

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(LARGEST_CELL)
        if not raw:
            raise StopIteration
        self.position += len(raw)
        if raw.endswith(b"\n"):
            self.line += 1
        return raw.decode("utf-8", "surrogateescape")


def read_header(stream: IO[bytes]) -> tuple[list[str], str, int, int]:
    """Return the columns, the delimiter, and the byte and line where the records begin. Raises `Unreadable`."""
    first = stream.readline(LARGEST_CELL)
    if first.startswith(_WIDE) or b"\x00" in first:
        raise Unreadable("The file is not in UTF-8; save it as CSV UTF-8.")
    text = first.removeprefix(_BOM).decode("utf-8", "replace").strip("\r\n")
    if not text.strip():
        raise Unreadable("The file is empty.")
    delimiter = max(DELIMITERS, key=text.count)
    columns = [name.strip() for name in next(csv.reader([text], delimiter=delimiter))]
    named = [name for name in columns if name]
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise Unreadable(f"These columns appear twice: {', '.join(doubled)}. Rename or remove one of each.")
    return columns, delimiter, len(first), 2


def read_records(
    stream: IO[bytes], columns: list[str], delimiter: str, *, position: int, line: int
) -> Iterator[Record]:
    """Yield the records from `position` on, where the stream stands."""
    lines = _Lines(stream, position, line)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begins = lines.line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # What was read of the broken record is gone; the next line begins a new one.
            reader = csv.reader(lines, delimiter=delimiter)
            yield Record(begins, problem=f"can't be read: {error}", end=lines.position, next_line=lines.line)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        yield _record(begins, cells, columns, lines)


def _record(line: int, cells: list[str], columns: list[str], lines: _Lines) -> Record:
    def problem(text: str) -> Record:
        return Record(line, problem=text, end=lines.position, next_line=lines.line)

    if len(cells) != len(columns):
        return problem(f"has {len(cells)} cells where the header has {len(columns)}")
    joined = "".join(cells)
    if "\x00" in joined:
        return problem("holds a NUL byte")
    if _SURROGATE.search(joined):
        return problem("is not in UTF-8")
    named = {name: cell for name, cell in zip(columns, cells, strict=True) if name}
    return Record(line, named, end=lines.position, next_line=lines.line)
