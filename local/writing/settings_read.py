"""Finds which settings functions read, by the modules that they import."""

import ast
from functools import cached_property
from pathlib import Path

import grimp

_SETTINGS = "ravo.platform.settings"


class SettingsRead:
    """Finds the settings that each function's modules name; any name like that of a setting counts too."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._graph = grimp.build_graph("ravo", "functions", cache_dir=None)

    def by(self, module: str) -> set[str]:
        """Return the settings that a module and all of its imports read."""
        reached = {module, *self._graph.find_upstream_modules(module)}
        return {name for reader in reached & self._readers.keys() for name in self._readers[reader]}

    @cached_property
    def _readers(self) -> dict[str, set[str]]:
        named = {
            module: self._attributes(module) for module in self._graph.find_modules_that_directly_import(_SETTINGS)
        }
        return {module: names & self.known for module, names in named.items()}

    @cached_property
    def known(self) -> set[str]:
        """The names of all settings."""
        (model,) = [node for node in self._parse(_SETTINGS).body if isinstance(node, ast.ClassDef)]
        return {n.target.id for n in model.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}

    def _attributes(self, module: str) -> set[str]:
        return {node.attr for node in ast.walk(self._parse(module)) if isinstance(node, ast.Attribute)}

    def _parse(self, module: str) -> ast.Module:
        place = self._root.joinpath("shared" if module.startswith("ravo.") else "", *module.split("."))
        return ast.parse((place / "__init__.py" if place.is_dir() else place.with_suffix(".py")).read_text())
