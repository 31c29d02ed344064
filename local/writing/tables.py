"""Tables of all operations for people: one of everything, and one on each domain's page."""

import ast
from collections.abc import Iterable
from pathlib import Path

from local.writing.code import Source

_HEAD = """# Operations
<!-- Written by `make templates` from the functions' own files; edit those. -->

Everything that can be called over HTTP: by whom, and which function answers. A permission is what a signed-in member of
staff or a machine's key needs; `cookie` and `signature` stand for what a browser or a payment provider proves itself
with.

| method | path | who may | function |
|---|---|---|---|
"""


def operations(functions: Iterable[Source]) -> str:
    """Return the page of all operations, by path and method."""
    asked = sorted((each for each in functions if each.is_endpoint), key=lambda each: (each.path, each.method))
    rows = (
        f"| {each.method} | `{each.path}` | {_who(each)} | `{each.module.replace('.', '/')}.py` |\n" for each in asked
    )
    return _HEAD + "".join(rows)


def routes(functions: Iterable[Source], page: str, folder: Path) -> str:
    """Return the table of a domain's page.

    What people wrote into its last column stays; a new row has the first line of its function's file.
    """
    notes = _notes(page)
    asked = [each for each in functions if each.is_endpoint]
    rows = (
        f"| `{each.method} {each.path}` | `{each.name}` | {_who(each)} | {_note(each, notes, folder)} |\n"
        for each in asked
    )
    return "| method and path | function | who may | |\n|---|---|---|---|\n" + "".join(rows)


def _who(source: Source) -> str:
    return f"`{source.access}`" if ":" in source.access else source.access


def _notes(page: str) -> dict[str, str]:
    rows = (line.strip().strip("|").split(" | ") for line in page.splitlines() if line.startswith("| `"))
    return {row[1].strip(" `"): row[3].strip() for row in rows if len(row) == 4}


def _note(source: Source, notes: dict[str, str], folder: Path) -> str:
    if source.name in notes:
        return notes[source.name]
    first = ast.get_docstring(ast.parse((folder / source.surface / f"{source.stem}.py").read_text())) or ""
    return first.partition(": ")[2].removesuffix(".")
