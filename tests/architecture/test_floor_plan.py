"""Every domain has the same rooms: what its files are called, and what its public functions say of what they take and return."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway import ROOT

SHARED = ROOT / "shared" / "ravo"
DOMAINS = ("identity", "catalog", "inventory", "sales", "operations")
# What a folder of a domain may hold, each only when needed.
ROOMS = {"models", "schemas", "queries", "service", "replies", "errors", "events", "http"}
# Nouns that are one file, and need no folder.
FURTHER: dict[str, set[str]] = {
    "catalog": {"fields", "formats", "spelling", "text"},
    "identity": {"permissions", "opaque_tokens", "sealed_cookies"},
    "sales": {"codes", "discounts", "price", "texts", "transitions", "values"},
}


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_has_the_rooms_of_the_plan(domain: str) -> None:
    names = {path.stem for path in _modules(SHARED / domain)}

    assert names - ROOMS == FURTHER.get(domain, set())


@pytest.mark.parametrize("part", [*DOMAINS, "adapters", "platform"])
def test_no_public_function_takes_or_returns_just_anything(part: str) -> None:
    found = [
        f"{path.relative_to(SHARED)}:{line} {name}" for path in _modules(SHARED / part) for line, name in _bare(path)
    ]

    assert found == []


def _bare(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the public functions of a module, and the public methods of its public classes, that say `Any` or a bare row."""
    for function in _public(ast.parse(path.read_text()).body):
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        annotations = [argument.annotation for argument in every] + [function.returns]
        if any(_says_any(annotation) for annotation in annotations if annotation):
            yield function.lineno, function.name


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node.body)


def _says_any(annotation: ast.expr) -> bool:
    """Whether an annotation is `Any`, a bare row, or a collection of these."""
    match annotation:
        case ast.Name(id="Any" | "Row") | ast.Subscript(value=ast.Name(id="Row")):
            return True
        case ast.BinOp(left=left, right=right):
            return _says_any(left) or _says_any(right)
        case ast.Subscript(value=ast.Name(id="Sequence" | "Iterable" | "Iterator" | "list" | "tuple"), slice=inner):
            held = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return any(_says_any(each) for each in held)
        case _:
            return False
