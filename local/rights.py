"""The rights of one function, as they are handed to the process that runs it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.iam import Grant


@dataclass(frozen=True)
class Rights:
    """A function's grants, and its environment variables that name secrets."""

    grants: tuple[Grant, ...]
    places: dict[str, str]


def write(path: Path, rights: Mapping[str, Rights]) -> None:
    """Write the rights of functions to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({name: asdict(each) for name, each in rights.items()}))


def read(path: Path) -> dict[str, Rights]:
    """Read the rights from the file."""
    said: dict[str, Any] = json.loads(path.read_text())
    return {name: Rights(tuple(map(_grant, each["grants"])), each["places"]) for name, each in said.items()}


def _grant(said: dict[str, Any]) -> Grant:
    return Grant(said["policy"], tuple(said["actions"]), tuple(said["resources"]), denies=said["denies"])
