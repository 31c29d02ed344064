"""Small trees of functions, and the real templates read once."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from local.cloud import Cloud, Function
from local.resources import SHOP
from local.templates import read_cloud

ROOT = Path(__file__).parent.parent.parent

type Written = Callable[..., Function]


@pytest.fixture(scope="session")
def cloud() -> Cloud:
    """What the project's own templates ask for."""
    return read_cloud(ROOT, SHOP)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a function of the domain `tiny`, and return what its template would say."""

    def write(name: str, code: str, *, timeout: int = 60) -> Function:
        folder = tmp_path / "functions" / "tiny"
        (folder / "jobs").mkdir(parents=True, exist_ok=True)
        (folder / "jobs" / f"{name}.py").write_text(dedent(code))
        return Function(name, f"tiny/jobs/{name}", folder, f"jobs/{name}.handler", {}, 256, timeout, ())

    return write
