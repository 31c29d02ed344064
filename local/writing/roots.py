"""The written parts of the root templates: the stacks below them, with the parameters of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.templates import SHARED
from local.writing.stacks import Stack, Writer, block
from local.writing.yaml_text import Tagged, inline

# A written part of a file that people edit: the text between two marks.
_PART = re.compile(
    r"^(?P<begin>.*\bbegin (?P<name>\w+): written by `make templates`.*\n)(?:.*\n)*?(?P<end>.*\bend (?P=name)\b)",
    re.MULTILINE,
)

# The defaults that `sam build` needs, since it does not know the outputs.
_DEFAULTS = {"Architecture": ", Default: arm64"}


def fill(path: Path, parts: dict[str, str]) -> str:
    """Return a file's text with the text between its marks replaced, by the name on the mark."""

    def filled(match: re.Match[str]) -> str:
        return match["begin"] + parts[match["name"]] + match["end"]

    return _PART.sub(filled, path.read_text())


@dataclass(frozen=True)
class Roots:
    """The root templates. An output `SharedX` of one is parameter X of those above it; the release passes it on."""

    stacks: list[Stack]
    writer: Writer

    def below(self, root: str) -> list[Stack]:
        """Return the stacks below a root."""
        return [stack for stack in self.stacks if stack.root == root]

    def base(self, path: Path, web: str) -> str:
        """Return the first root's text: the domains at the bottom, and everything that the roots above it need."""
        wanted = self.needed("more") | self.named(web)
        values = {name: value for name, value in self.writer.values.items() if name in wanted}
        domains = "".join(_application(stack, self._given(stack, self.writer.values)) for stack in self.below("base"))
        return fill(path, {"domains": domains, "outputs": _outputs(values) + self._hosts("base")})

    def more(self) -> str:
        """Return the second root's text, which is written as a whole."""
        values = {name: Tagged("Ref", name) for name in self.writer.values if name in self.needed("more")}
        domains = "".join(_application(stack, self._given(stack, values)) for stack in self.below("more"))
        parameters = "".join(f"  {name}: {{Type: String{_DEFAULTS.get(name, '')}}}\n" for name in values)
        return block("more", parameters=parameters, domains=domains, outputs=self._hosts("more")).rstrip("\n") + "\n"

    def web(self, path: Path) -> str:
        """Return the third root's text: the parameters of the front door, and where it routes requests."""
        asked = [stack for stack in self.stacks if stack.has_api]
        values = [name for name in self.writer.values if name in self.named(path.read_text())]
        names = [*values, *(f"{stack.name}Host" for stack in asked)]
        parameters = "".join(f"  {name}: {{Type: String}}\n" for name in names)
        parts = {"parameters": parameters, "origins": _origins(asked), "behaviors": _behaviors(asked)}
        return fill(path, parts)

    def needed(self, root: str) -> set[str]:
        """Return the names of all parameters of the stacks below a root."""
        return {name for stack in self.below(root) for name in self._given(stack, self.writer.values)}

    def named(self, text: str) -> set[str]:
        """Return the names of everything that a template written by people takes from the roots below it."""
        declared = re.findall(r"^  (\w+):\n    Type: String$", text, re.MULTILINE)
        return {*self.writer.parameters(text), "OriginSecretArn"} - set(declared)

    def _given(self, stack: Stack, values: dict[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in self.writer.parameters(self.writer.body(stack))}

    def _hosts(self, root: str) -> str:
        hosts = {
            f"{stack.name}Host": Tagged("GetAtt", f"{stack.name}.Outputs.ApiHost")
            for stack in self.below(root)
            if stack.has_api
        }
        return _outputs(hosts)


def _application(stack: Stack, given: dict[str, Any]) -> str:
    # In the first tree everything waits for the new schema, except for what creates it.
    waits = stack.root == "base" and stack.surface != "deploy"
    place = stack.path if stack.root == "base" else Path("..") / stack.path
    return (
        f"  {stack.name}:\n    Type: AWS::Serverless::Application\n"
        + ("    DependsOn: Migration\n" if waits else "")
        + f"    Properties:\n      Location: {place}\n      Parameters:\n"
        + "".join(f"        {name}: {inline(value)}\n" for name, value in given.items())
    )


def _outputs(values: dict[str, Any]) -> str:
    return "".join(f"  {SHARED}{name}:\n    Value: {inline(value)}\n" for name, value in values.items())


def _origins(stacks: Iterable[Stack]) -> str:
    return "".join(block("origin", origin=_origin(stack), stack=stack.name) for stack in stacks)


def _behaviors(stacks: Iterable[Stack]) -> str:
    """Return which paths lead to which API, the longest first; all other paths go to operations."""
    paths = {f"/api/v1/{'/'.join(filter(None, (each.domain, each.surface)))}/*": each for each in stacks}
    ordered = sorted(paths.items(), key=lambda path: (-path[0].count("/"), path[0]))
    return "".join(block("behavior", path=path, origin=_origin(stack)) for path, stack in ordered)


def _origin(stack: Stack) -> str:
    return "-".join(filter(None, (stack.domain, stack.surface)))
