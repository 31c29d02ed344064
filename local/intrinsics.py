"""CloudFormation's intrinsic functions, resolved to the names of things on a laptop."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from local.account import ACCOUNT, REGION

_VARIABLE = re.compile(r"\$\{([^}]+)\}")
NOTHING = object()

PSEUDO: dict[str, Any] = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "ravo-local",
    "AWS::NoValue": NOTHING,
}


class _Loader(yaml.CSafeLoader):
    """YAML with the short forms of CloudFormation's functions, read by libyaml, which is ten times as fast."""


def _short_form(loader: SafeConstructor, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def load_template(path: Path) -> dict[str, Any]:
    """Read a template, and expand its short forms."""
    return yaml.load(path.read_text(), _Loader)  # noqa: S506  (a safe loader with more tags)  # nosec B506


@dataclass
class Scope:
    """One stack's names: its parameters, its conditions, and the names of its resources."""

    template: dict[str, Any]
    parameters: dict[str, Any]
    ref: Callable[["Scope", str, dict[str, Any]], Any]
    attribute: Callable[["Scope", str, str, dict[str, Any]], Any]
    _conditions: dict[str, bool] = field(default_factory=dict[str, bool])

    def condition(self, name: str) -> bool:
        """Evaluate one of the stack's conditions."""
        if name not in self._conditions:
            self._conditions[name] = bool(self.resolve(self.template["Conditions"][name]))
        return self._conditions[name]

    def resources(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the resources of a type whose condition holds, by logical id, with their raw properties."""
        return [
            (name, resource.get("Properties", {}))
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == kind and ("Condition" not in resource or self.condition(resource["Condition"]))
        ]

    def resolve(self, value: Any) -> Any:
        """Replace every function inside a value by its value here."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def name(self, name: str) -> Any:
        """Resolve a Ref."""
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.ref(self, name, self.template["Resources"][name])

    def part(self, argument: list[str]) -> Any:
        """Resolve a GetAtt."""
        resource, attribute = argument[0], ".".join(argument[1:])
        return self.attribute(self, resource, attribute, self.template["Resources"][resource])

    def substitute(self, argument: Any) -> str:
        """Resolve a Sub, with or without variables of its own."""
        text, own = (argument, {}) if isinstance(argument, str) else (argument[0], self.resolve(argument[1]))

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in own:
                return str(own[name])
            return str(self.part(name.split(".", 1)) if "." in name else self.name(name))

        return _VARIABLE.sub(value, text)

    def choose(self, argument: list[Any]) -> Any:
        """Resolve an If."""
        return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])

    def join(self, argument: list[Any]) -> str:
        """Resolve a Join; a list parameter that is text already stays as it is."""
        parts = self.resolve(argument[1])
        return parts if isinstance(parts, str) else str(argument[0]).join(map(str, parts))


_FUNCTIONS: dict[str, Callable[[Scope, Any], Any]] = {
    "Ref": Scope.name,
    "Condition": Scope.condition,
    "Fn::GetAtt": Scope.part,
    "Fn::Sub": Scope.substitute,
    "Fn::If": Scope.choose,
    "Fn::Join": Scope.join,
    "Fn::Select": lambda scope, argument: scope.resolve(argument[1])[int(argument[0])],
    "Fn::Split": lambda scope, argument: str(scope.resolve(argument[1])).split(argument[0]),
    "Fn::Equals": lambda scope, argument: scope.resolve(argument[0]) == scope.resolve(argument[1]),
    "Fn::Not": lambda scope, argument: not scope.resolve(argument[0]),
    "Fn::And": lambda scope, argument: all(map(scope.resolve, argument)),
    "Fn::Or": lambda scope, argument: any(map(scope.resolve, argument)),
    "Fn::GetAZs": lambda _scope, _argument: [f"{REGION}a", f"{REGION}b"],
    "Fn::Base64": lambda scope, argument: scope.resolve(argument),
}
