"""What a start does without: a function collects garbage from its first answer on, everything else as ever."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ravo.platform import cold_start

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("told", "is_later"), [({"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}, True), ({}, False)])
def test_only_the_environment_of_a_function_looks_later(told: dict[str, str], is_later: bool) -> None:
    others = {name: value for name, value in os.environ.items() if name != "AWS_EXECUTION_ENV"}
    code = "import gc; usual = gc.get_threshold(); import ravo; print(gc.get_threshold() != usual)"

    said = subprocess.run(
        [sys.executable, "-c", code],
        env=others | told | {"PYTHONPATH": str(ROOT / "shared")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == str(is_later)


def test_from_the_first_answer_on_it_is_looked_for_as_ever_among_what_came_after() -> None:
    usual = gc.get_threshold()
    frozen = gc.get_freeze_count()
    cold_start._collect_no_garbage()
    assert gc.get_threshold() != usual

    cold_start.ended()

    try:
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
