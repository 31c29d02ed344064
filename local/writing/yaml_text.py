"""YAML that keeps CloudFormation's short forms, like `!Ref`, as they were written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml


class Tagged(NamedTuple):
    """A value behind one of CloudFormation's short forms."""

    tag: str
    value: Any


class _Loader(yaml.SafeLoader):
    """Reads short forms as `Tagged`."""


class _Dumper(yaml.SafeDumper):
    """Writes short forms as they were; lists are indented, quotes are double, and there are no aliases."""

    event: Any

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (none are wanted)
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  (lists are always indented)
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        """Write a short form's value without quotes where that is possible."""
        style = super().choose_scalar_style()
        is_name = str(self.event.tag).startswith("!") and re.fullmatch(r"[\w.:]*\w", self.event.value)
        return "" if is_name else '"' if style == "'" else style


def _load_tagged(loader: _Loader, suffix: str, node: yaml.Node) -> Tagged:
    if isinstance(node, yaml.ScalarNode):
        return Tagged(suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return Tagged(suffix, loader.construct_sequence(node, deep=True))
    return Tagged(suffix, loader.construct_mapping(cast("yaml.MappingNode", node), deep=True))


def _dump_tagged(dumper: _Dumper, tagged: Tagged) -> yaml.Node:
    if isinstance(tagged.value, str):
        return dumper.represent_scalar(f"!{tagged.tag}", tagged.value)
    if isinstance(tagged.value, list):
        return dumper.represent_sequence(f"!{tagged.tag}", cast("list[Any]", tagged.value))
    return dumper.represent_mapping(f"!{tagged.tag}", tagged.value)


_Loader.add_multi_constructor("!", _load_tagged)
_Dumper.add_representer(Tagged, _dump_tagged)


def load(path: Path) -> dict[str, Any]:
    """Read a file."""
    return yaml.load(path.read_text(), _Loader)  # noqa: S506  (a safe loader with more tags)  # nosec B506


def dump(value: object, indent: int = 0) -> str:
    """Return a value as YAML, with the innermost collections on one line, indented by a number of spaces."""
    text = yaml.dump(value, Dumper=_Dumper, default_flow_style=None, sort_keys=False, width=10_000, allow_unicode=True)
    return "".join(f"{' ' * indent}{line}\n" for line in text.removesuffix("...\n").splitlines())


def inline(value: object) -> str:
    """Return a value as YAML on one line."""
    return (
        yaml.dump(value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=10_000)
        .split("\n...")[0]
        .strip()
    )


def strings(value: object) -> Iterator[str]:
    """Yield all strings inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Tagged):
        yield from strings(value.value)
    elif isinstance(value, dict):
        yield from (text for each in cast("dict[str, Any]", value).values() for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in cast("list[Any]", value) for text in strings(each))
