"""Reads a function's file without importing it: its route and access, or its queue and the number of tries."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The folders of a domain, in the order in which its functions are written, and who calls the functions in them.
SURFACES = {
    "store": "Shoppers",
    "account": "Customers",
    "admin": "Staff",
    "webhooks": "Providers",
    "jobs": "Jobs",
    "uploads": "Uploads",
    "schedules": "Schedules",
    "deploy": "Deployment",
}
_ASKED = ("store", "account", "admin", "webhooks")
_QUEUED = ("jobs", "uploads")
_METHODS = {"get", "post", "put", "patch", "delete"}
# How a route or a parameter's type declares who may call, the strictest first.
_ACCESS = {
    "signed_in": "signed in",
    "Caller": "signed in",
    "signed": "signature",
    "by_cookie": "cookie",
    "anyone": "anyone",
    "Visitor": "anyone",
}


class CodeError(Exception):
    """A function's file lacks something that must be known of it; the message says which file and what."""


@dataclass(frozen=True)
class Source:
    """A function as its file declares it. `access` is a permission, or one of the words for who may call."""

    domain: str
    surface: str
    stem: str
    method: str = ""
    path: str = ""
    access: str = ""
    hears: tuple[str, ...] = ()
    tries: int = 0

    @property
    def name(self) -> str:
        """The name of the function."""
        return "".join(part.title() for part in self.stem.split("_"))

    @property
    def module(self) -> str:
        """The module from which it is imported."""
        return f"functions.{self.domain}.{self.surface}.{self.stem}"

    @property
    def is_endpoint(self) -> bool:
        """Whether it is called over HTTP."""
        return self.surface in _ASKED

    @property
    def is_job(self) -> bool:
        """Whether it is called with the messages of a queue."""
        return self.surface in _QUEUED


def read_functions(folder: Path) -> list[Source]:
    """Read the functions of the domain in a folder, by surface and name. Raises `CodeError`."""
    files = [path for surface in SURFACES for path in sorted((folder / surface).glob("*.py"))]
    return [_read(path) for path in files if path.name != "__init__.py"]


def _read(path: Path) -> Source:
    domain, surface = path.parts[-3:-1]
    tree = ast.parse(path.read_text())
    said = _route(tree) if surface in _ASKED else _heard(tree) if surface in _QUEUED else {}
    if not said and surface in (*_ASKED, *_QUEUED):
        raise CodeError(f"{path} does not say what it answers or hears")
    return Source(domain, surface, path.stem, **said)


def _heard(tree: ast.Module) -> dict[str, Any]:
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and _called(node.value).endswith("_handler")
        ):
            said = {each.arg: each.value for each in node.value.keywords if each.arg in ("hears", "tries")}
            return {name: ast.literal_eval(value) for name, value in said.items() if name}
    return {}


def _route(tree: ast.Module) -> dict[str, Any]:
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
                    path = ast.literal_eval(call.args[0])
                    return {"method": call.func.attr.upper(), "path": path, "access": _access(node, call)}
    return {}


def _access(function: ast.AsyncFunctionDef | ast.FunctionDef, route: ast.Call) -> str:
    """Return who may call, by the strictest declaration of all."""
    declared = [*route.keywords, *(each.annotation for each in [*function.args.args, *function.args.kwonlyargs])]
    nodes = [node for each in declared if each for node in ast.walk(each)]
    for node in nodes:
        if isinstance(node, ast.Call) and _called(node) == "allowed":
            return str(ast.literal_eval(node.args[0]))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    found = [word for name, word in _ACCESS.items() if name in names]
    if not found:
        raise CodeError(f"{function.name} does not say who may call it")
    return found[0]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
