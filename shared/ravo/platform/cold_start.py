"""What exists only so that functions start sooner. Each part can be struck by itself; it names its share of a start.

Shares are of the import of `ListProducts` (`python -m bench starts`). The largest gain needs no code here: `make build`
puts bytecode into what is uploaded (decision 35).
"""

import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

_USUAL = gc.get_threshold()
# More objects than a start makes.
_LATER = 200_000


def begin() -> None:
    """Prepare for the imports of a function; `ravo` calls it before anything else of ours is imported."""
    # Lambda's word for an environment of a function, and the local cloud's.
    if "AWS_EXECUTION_ENV" in os.environ:
        _collect_no_garbage()
    _defer_validators()


def _defer_validators() -> None:
    """Make a model's validator when it first validates: a function imports many models and uses few of them. 10 %.

    FastAPI's own models of OpenAPI are most of it, so functions import ours before theirs (functions/ruff.toml).
    """
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True


@contextmanager
def without_pydantic_1() -> Generator[None]:
    """Keep pydantic 1 from being imported. 12 %.

    FastAPI asks of each type in a route whether it is a model of pydantic 1, and takes a missing module for a no.
    """
    if "pydantic.v1" in sys.modules:
        yield
        return
    sys.modules["pydantic.v1"] = cast("ModuleType", None)
    try:
        yield
    finally:
        del sys.modules["pydantic.v1"]


def _collect_no_garbage() -> None:
    """Look for no cycles among what imports make, which stays anyway. 4 %, until `ended`."""
    gc.set_threshold(_LATER)


def ended() -> None:
    """Collect garbage as Python does, among what is made from now on; called after each event, acts after the first."""
    if gc.get_threshold() != _USUAL:
        gc.freeze()
        gc.set_threshold(*_USUAL)
