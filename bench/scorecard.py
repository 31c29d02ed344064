"""The house in figures: sizes of functions and files, names, import cycles, bare `Any`, resources, times."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import grimp

ROOT = Path(__file__).parent.parent
SHARED = ROOT / "shared" / "ravo"
PARTS = ("shared", "functions", "local")
NOT_DOMAINS = {"platform", "adapters"}


def main() -> None:
    """Print the scorecard."""
    print("| what | figure |\n|---|---|")
    for name, figure in figures():
        print(f"| {name} | {figure} |")


def figures() -> Iterator[tuple[str, str]]:
    """Yield each line of the scorecard."""
    for part in PARTS:
        lengths = sorted(_lengths(ROOT / part))
        longest = lengths[-1]
        percentile = lengths[len(lengths) * 95 // 100]
        yield f"functions in {part}/: median, 95th, longest", f"{median(lengths):g}, {percentile}, {longest}"
    files = {path: path.read_text().count("\n") for part in PARTS for path in _modules(ROOT / part)}
    large = sorted((f"{path.relative_to(ROOT)} ({lines})" for path, lines in files.items() if lines > 300))
    yield "files over 300 lines", f"{len(large)} of {len(files)}: {', '.join(large) or 'none'}"
    yield from _names()
    yield (
        "lines of shared/ravo/platform",
        str(sum(lines for path, lines in files.items() if SHARED / "platform" in path.parents)),
    )
    yield "circles of sibling folders", ", ".join(_circles()) or "0"
    yield from _bare()
    yield from _resources()


def _names() -> Iterator[tuple[str, str]]:
    domains = sorted(
        path.name for path in SHARED.iterdir() if path.is_dir() and path.name not in NOT_DOMAINS | {"__pycache__"}
    )
    names = {domain: [path.stem for path in _modules(SHARED / domain)] for domain in domains}
    every = Counter(name for found in names.values() for name in found)
    alone = [name for name in every if sum(name in found for found in names.values()) == 1]
    yield (
        "file names in the domains: distinct, of files, in one domain only",
        f"{len(every)}, {every.total()}, {len(alone)}",
    )
    for domain, found in names.items():
        folders = {path.parent for path in _modules(SHARED / domain)}
        yield f"{domain}: files, folders, distinct names", f"{len(found)}, {len(folders)}, {len(set(found))}"


def _circles() -> list[str]:
    """Return the folders whose children import each other in a circle, by import-linter's graph."""
    import grimp

    sys.path[:0] = [str(ROOT), str(ROOT / "shared")]
    graph = grimp.build_graph("ravo", "local", include_external_packages=False)
    below = [f"ravo.{path.name}" for path in SHARED.iterdir() if (path / "__init__.py").exists()]
    return [f"{folder}: {found}" for folder in ["ravo", "local", *below] if (found := _circle(graph, folder))]


def _circle(graph: "grimp.ImportGraph", folder: str) -> str:
    children = {child.rpartition(".")[2] for child in graph.find_children(folder)}
    arrows = {child: _imported(graph, folder, child) & children - {child} for child in children}
    while arrows:
        free = [child for child, imported in arrows.items() if not imported & arrows.keys()]
        if not free:
            return " ".join(sorted(arrows))
        for child in free:
            del arrows[child]
    return ""


def _imported(graph: "grimp.ImportGraph", folder: str, child: str) -> set[str]:
    name = f"{folder}.{child}"
    modules = {name} | graph.find_descendants(name)
    imported = {each for module in modules for each in graph.find_modules_directly_imported_by(module)}
    return {each.removeprefix(f"{folder}.").partition(".")[0] for each in imported if each.startswith(f"{folder}.")}


def _bare() -> Iterator[tuple[str, str]]:
    public = [
        (path, node) for path in _modules(SHARED) for node in ast.walk(ast.parse(path.read_text())) if _is_public(node)
    ]
    bare = [path for path, node in public if any(_is_any(each) for each in _annotations(node))]
    yield "public functions that take or return bare `Any`", f"{len(bare)} of {len(public)}"


def _is_public(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = node.args
    yield from (each.annotation for each in (*arguments.args, *arguments.kwonlyargs) if each.annotation)
    if node.returns:
        yield node.returns


def _is_any(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Any"


def _resources() -> Iterator[tuple[str, str]]:
    from local.templates import ROOTS
    from tests.architecture.test_templates import (
        MOST_RESOURCES,
        MOST_RESOURCES_OF_A_TREE,
        STACKS,
        resources_of_a_tree,
        transformed,
    )

    for stack in STACKS:
        yield f"resources of the stack {stack}", f"{len(transformed(stack)['Resources'])} (at most {MOST_RESOURCES})"
    for root in ROOTS:
        yield f"resources below {root}", f"{resources_of_a_tree(root)} (at most {MOST_RESOURCES_OF_A_TREE})"


def _lengths(folder: Path) -> Iterator[int]:
    for path in _modules(folder):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


if __name__ == "__main__":
    main()
