"""The parts of the root templates that are written: the stacks below them, with what each is given."""

import re
from collections.abc import Iterable
from pathlib import Path

from local.writing.stacks import Stack, Writer, block
from local.writing.yaml_text import Tagged, inline

# A part of a file that people write: what stands between two marks.
_PART = re.compile(
    r"^(?P<begin>.*\bbegin (?P<name>\w+): written by `make templates`.*\n)(?:.*\n)*?(?P<end>.*\bend (?P=name)\b)",
    re.MULTILINE,
)


def fill(path: Path, parts: dict[str, str]) -> str:
    """Return a file's text with what stands between its marks replaced, by the name on the mark."""

    def filled(match: re.Match[str]) -> str:
        return match["begin"] + parts[match["name"]] + match["end"]

    return _PART.sub(filled, path.read_text())


def nested(stacks: Iterable[Stack], writer: Writer) -> str:
    """Return the resources that put stacks below a root."""
    return "".join(_application(stack, writer) for stack in stacks)


def _application(stack: Stack, writer: Writer) -> str:
    # The one that migrates comes before all that expect the new schema.
    migrates = "MigrateArn" in stack.of_its_own(stack.listed.outputs)
    given = {name: writer.values[name] for name in writer.parameters(writer.body(stack))}
    return (
        f"  {stack.name}:\n    Type: AWS::Serverless::Application\n"
        + ("" if migrates else "    DependsOn: Migration\n")
        + f"    Properties:\n      Location: {stack.path}\n      Parameters:\n"
        + "".join(f"        {name}: {inline(value)}\n" for name, value in given.items())
    )


def origins(stacks: Iterable[Stack]) -> str:
    """Return where the front door finds the stacks' APIs."""
    hosts = (
        (_origin(stack), inline(Tagged("GetAtt", f"{stack.name}.Outputs.ApiHost"))) for stack in stacks if stack.has_api
    )
    return "".join(block("origin", origin=origin, host=host) for origin, host in hosts)


def behaviors(stacks: Iterable[Stack]) -> str:
    """Return which paths the front door leads to which API, the longest first; what none of them takes goes to operations."""
    paths = {
        f"/api/v1/{'/'.join(filter(None, (each.domain, each.surface)))}/*": each for each in stacks if each.has_api
    }
    ordered = sorted(paths.items(), key=lambda path: (-path[0].count("/"), path[0]))
    return "".join(block("behavior", path=path, origin=_origin(stack)) for path, stack in ordered)


def _origin(stack: Stack) -> str:
    return "-".join(filter(None, (stack.domain, stack.surface)))
