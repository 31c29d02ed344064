"""Functions in tests run under the grants of their templates: a missing one fails the test, a needless one the whole run.

Each process writes down which grants its functions used, in a folder that the run's processes share.
"""

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any

from local.boundary import Boundary
from local.calls import parameter
from local.cloud import Cloud
from local.iam import Grant
from local.resources import SHOP
from local.rights import Rights
from local.templates import read_cloud

ROOT = Path(__file__).parent.parent
# Where the run's processes write down what was used.
USES = "RAVO_TESTS_GRANT_USES"
# What the templates make only where somebody gives a parameter is given here, so that each grant is there to be used.
_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"
EVERYTHING = SHOP | {
    "OpenAiKeySecretArn": f"{_SECRET}:openai-??????",
    "GoogleClientSecretArn": f"{_SECRET}:google-??????",
    "GithubClientSecretArn": f"{_SECRET}:github-??????",
}

type Use = tuple[str, str, str]
type Handler = Callable[[Any, Any], Any]


@cache
def cloud() -> Cloud:
    """What the templates say."""
    return read_cloud(ROOT, EVERYTHING)


@cache
def boundary() -> Boundary:
    """The boundary of this process, put up with the first look at it."""
    made = Boundary(_rights(), _note)
    made.stand()
    return made


@cache
def _rights() -> dict[str, Rights]:
    return cloud().rights


def held_to_its_grants(module: str, handler: Handler) -> Handler:
    """Make a function's handler run inside the boundary; what it was denied fails the test, whether or not the function got over it."""
    (name,) = [function.name for function in cloud().functions.values() if function.module == module]
    boundary()

    @wraps(handler)
    def held(event: Any, context: Any) -> Any:
        boundary().denied.clear()
        with boundary().around(name):
            answer = handler(event, context)
        assert not boundary().denied or _denials_are_meant, "\n".join(boundary().denied)
        return answer

    return held


_denials_are_meant = False


@contextmanager
def denials() -> Generator[None]:
    """Let functions be denied what they ask for, where a test wants just that."""
    global _denials_are_meant
    _denials_are_meant = True
    try:
        yield
    finally:
        _denials_are_meant = False


@contextmanager
def without(function: str, policy: str, *, meant: bool = True) -> Generator[None]:
    """Take a policy away from a function; with its denials `meant` they fail no test."""
    whole = _rights()[function]
    left = tuple(grant for grant in whole.grants if grant.policy != policy)
    assert len(left) < len(whole.grants)
    _rights()[function] = replace(whole, grants=left)
    try:
        with denials() if meant else nullcontext():
            yield
    finally:
        _rights()[function] = whole


@contextmanager
def moved(**places: str) -> Generator[None]:
    """Let what variables like `ORIGIN_SECRET_ARN` say by the templates lie somewhere else: where a test put it."""
    before = dict(_rights())
    for name, whole in before.items():
        new = {_resource(whole.places[v]): _resource(place) for v, place in places.items() if v in whole.places}
        grants = tuple(
            replace(grant, resources=tuple(new.get(resource, resource) for resource in grant.resources))
            for grant in whole.grants
        )
        _rights()[name] = Rights(grants, whole.places | {v: p for v, p in places.items() if v in whole.places})
    try:
        yield
    finally:
        _rights().update(before)


def _resource(place: str) -> str:
    return place if place.startswith("arn:") else parameter(place)


_noted: set[Use] = set()


def _note(function: str, grant: Grant, action: str) -> None:
    use = (function, grant.policy, action)
    folder = os.environ.get(USES)
    if folder and use not in _noted:
        _noted.add(use)
        with (Path(folder) / str(os.getpid())).open("a") as file:
            file.write("\t".join(use) + "\n")


def uses(folder: Path) -> set[Use]:
    """What the run's processes have noted: function, policy, action."""
    lines = [line for file in folder.iterdir() for line in file.read_text().splitlines()]
    return {(function, policy, action) for function, policy, action in (line.split("\t") for line in lines)}


def needless(used: Iterable[Use]) -> list[str]:
    """Say in words which policies functions name without using them, and which actions policies allow that no function takes."""
    named = {
        (name, grant.policy, action)
        for name, function in cloud().functions.items()
        for grant in function.grants
        for action in grant.actions
    }
    taken = set(used)
    idle = {use[:2] for use in named} - {use[:2] for use in taken}
    never = {use[1:] for use in named} - {use[1:] for use in taken}
    return [f"{function} never uses {policy}" for function, policy in sorted(idle)] + [
        f"nobody uses {action} of {policy}" for policy, action in sorted(never)
    ]
