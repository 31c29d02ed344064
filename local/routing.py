"""Which function a request goes to, by API Gateway's rule: the most specific route wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from local.cloud import Route


@dataclass(frozen=True)
class Match:
    """A route, and the values of its path variables."""

    route: Route
    parameters: dict[str, str]


class Router:
    """Finds routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = sorted(routes, key=_specificity, reverse=True)
        self.find = lru_cache(maxsize=4096)(self._find)

    def _find(self, method: str, path: str) -> Match | None:
        """Return the most specific route, or None."""
        segments = path.split("/")
        for route in self._routes:
            if route.method in (method, "ANY", "*"):
                parameters = _match(route.path, segments)
                if parameters is not None:
                    return Match(route, parameters)
        return None


def _match(template: str, segments: list[str]) -> dict[str, str] | None:
    if template == "$default":
        return {}
    parameters: dict[str, str] = {}
    parts = template.split("/")
    for position, part in enumerate(parts):
        if part.startswith("{") and part.endswith("+}"):
            rest = segments[position:]
            return parameters | {part[1:-2]: "/".join(rest)} if any(rest) else None
        if position >= len(segments):
            return None
        if part.startswith("{"):
            if not segments[position]:
                return None
            parameters[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    return parameters if len(parts) == len(segments) else None


def _specificity(route: Route) -> tuple[int, list[int], int]:
    parts = route.path.split("/")
    kinds = [0 if part.endswith("+}") or part == "$default" else 1 if part.startswith("{") else 2 for part in parts]
    return (0 if 0 in kinds else 1, kinds, 0 if route.method in ("ANY", "*") else 1)
