"""The templates of the domains' stacks, composed of code, lists and blocks of text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from local.writing.code import SURFACES, Source, read_functions
from local.writing.lists import Domain, Grant, Line, Turn, read_domain, read_grants
from local.writing.settings_read import SettingsRead
from local.writing.yaml_text import Tagged, dump, inline, load, strings

_BLOCKS = Path(__file__).with_name("blocks")
_NAMED = re.compile(r"!Ref (\w+)|\$\{(\w+)[}.]")
# Settings that name a secret or parameter are only given if a grant names it.
_PLACES = ("_secret_arn", "_parameter")
# For the surfaces that shoppers call, a new version first gets a tenth of the requests.
_CANARIES = ("store", "account")
_FIRST_LINE = "# Written by `make templates` from functions.yaml and the functions' own files; edit those.\n"


class _Block(Template):
    delimiter = "@"


def block(name: str, /, **values: Any) -> str:
    """Return a block of text in which each name behind an @ is replaced by its value."""
    return _Block((_BLOCKS / f"{name}.yaml").read_text()).substitute(values)


@dataclass(frozen=True)
class Stack:
    """Functions that are deployed together: those of a domain, or of one of its surfaces."""

    domain: str
    surface: str
    functions: tuple[Source, ...]
    listed: Domain
    grants: dict[str, Grant]

    @property
    def name(self) -> str:
        """The prefix of its logical ids."""
        return self.domain.title() + self.surface.title()

    @property
    def path(self) -> Path:
        """The path of its template, relative to the root."""
        return Path("functions", self.domain, self.surface, "template.yaml")

    @property
    def root(self) -> str:
        """The root template above it; the functions of a deployment are needed before all others."""
        return "base" if self.surface == "deploy" else self.listed.root

    @property
    def has_api(self) -> bool:
        """Whether any of its functions is called over HTTP."""
        return any(source.is_endpoint for source in self.functions)

    @property
    def granted(self) -> dict[str, Grant]:
        """The grants of its functions, by name."""
        wanted = {name for source in self.functions for name in self.listed.grants_of(source)}
        return {name: grant for name, grant in self.grants.items() if name in wanted}

    def of_its_own(self, things: dict[str, Any]) -> dict[str, Any]:
        """Return those of the domain's resources that refer to functions in this stack."""
        names = {source.name for source in self.functions}
        return {
            name: thing for name, thing in things.items() if {text.partition(".")[0] for text in strings(thing)} & names
        }


def read_stacks(root: Path) -> list[Stack]:
    """Return all stacks of all domains, by their names."""
    common = read_grants(root / "functions" / "grants.yaml")
    return [stack for path in sorted(root.glob("functions/*/functions.yaml")) for stack in _split(path.parent, common)]


def _split(folder: Path, common: dict[str, Grant]) -> Iterator[Stack]:
    listed, functions = read_domain(folder), read_functions(folder)
    unknown = listed.functions.keys() - {source.name for source in functions}
    if unknown:
        raise ValueError(f"{folder.name} lists functions that it does not have: {', '.join(sorted(unknown))}")
    for surface in ("", *listed.surfaces):
        own = [each for each in functions if (each.surface if each.surface in listed.surfaces else "") == surface]
        yield Stack(folder.name, surface, tuple(own), listed, common | listed.grants)


@dataclass(frozen=True)
class Writer:
    """Writes templates. `values` are the possible parameters of stacks, by name."""

    values: dict[str, Any]
    settings: SettingsRead

    def template(self, stack: Stack) -> str:
        """Return a stack's whole template."""
        body = self.body(stack)
        title = f"Ravo, {' '.join(filter(None, (stack.domain, stack.surface)))}: {stack.listed.description}"
        head = f'{_FIRST_LINE}AWSTemplateFormatVersion: "2010-09-09"\nTransform: AWS::Serverless-2016-10-31\n'
        return f"{head}Description: {json.dumps(title)}\n\n{self._parameters(body)}\n{self._conditions(stack)}{body}"

    def body(self, stack: Stack) -> str:
        """Return the text after a template's parameters and conditions."""
        return "".join(self._body(stack))

    def _parameters(self, body: str) -> str:
        lines = (f"  {name}: {{Type: {self._type(name)}}}\n" for name in self.parameters(body))
        return "Parameters:\n" + "".join(lines)

    def parameters(self, text: str) -> list[str]:
        """Return the names of the parameters that a template's text needs, in the order of `values`."""
        named = {name for pair in _NAMED.findall(text) for name in pair}
        return [name for name in self.values if name in named]

    def _type(self, name: str) -> str:
        value = self.values[name]
        return "CommaDelimitedList" if isinstance(value, Tagged) and value.tag == "Join" else "String"

    def _conditions(self, stack: Stack) -> str:
        given = [grant.where_given for grant in stack.granted.values() if grant.where_given]
        lines = (f'  Has{name}: !Not [!Equals [!Ref {name}, ""]]\n' for name in given)
        return "Conditions:\n" + "".join(lines) + "\n" if given else ""

    def _body(self, stack: Stack) -> Iterator[str]:
        up = "/".join([".."] * (len(stack.path.parts) - 1))
        code = ".." if stack.surface else "."
        variables = "".join(self._variables(stack)).rstrip("\n")
        yield block("globals", stack=stack.name, root=up, code=code, variables=variables)
        if stack.has_api:
            yield "\n" + block("api", stack=stack.name)
        yield "\n  # What functions may do, one thing each.\n"
        yield from (_policy(stack.name, name, grant) for name, grant in stack.granted.items())
        yield "\n  # Functions that may do the same share a role.\n"
        yield from _roles(stack)
        yield from _dead_letters_policy(stack)
        yield from _layers(stack, up)
        for surface, who in SURFACES.items():
            functions = [source for source in stack.functions if source.surface == surface]
            yield f"\n  # {who}\n" if functions else ""
            yield from ("".join(_function(stack, source)) for source in functions)
        yield from ("\n" + dump({stack.name + n: r}, 2) for n, r in stack.of_its_own(stack.listed.resources).items())
        yield from _outputs(stack)

    def _variables(self, stack: Stack) -> Iterator[str]:
        for name, parameter in self._told(stack):
            joins = self._type(parameter) == "CommaDelimitedList"
            yield f"        {name.upper()}: {f'!Join [",", !Ref {parameter}]' if joins else f'!Ref {parameter}'}\n"

    def _told(self, stack: Stack) -> Iterator[tuple[str, str]]:
        """Yield the settings of the stack's functions, with the parameters that bring them."""
        read = {name for source in stack.functions for name in self.settings.by(source.module)}
        in_grants = set(self.parameters("".join(dump(grant.statements) for grant in stack.granted.values())))
        by_parameter = {"".join(part.title() for part in name.split("_")): name for name in self.settings.known}
        for parameter in self.values:
            name = by_parameter.get(parameter, "")
            if name.endswith(_PLACES):
                if parameter in in_grants:
                    yield name, parameter
            elif name in read and name != "environment":
                yield name, parameter


def _policy(stack: str, name: str, grant: Grant) -> str:
    condition = f"    Condition: Has{grant.where_given}\n" if grant.where_given else ""
    return (
        f"  {stack}{name}:\n    Type: AWS::IAM::ManagedPolicy\n{condition}    Properties:\n"
        f"      Description: {inline(grant.description)}\n      PolicyDocument:\n"
        f'        Version: "2012-10-17"\n        Statement:\n{dump(grant.statements, 10)}'
    )


def _layers(stack: Stack, up: str) -> Iterator[str]:
    wanted = {layer for source in stack.functions for layer in stack.listed.line(source).layers}
    for name, layer in stack.listed.layers.items():
        if name in wanted:
            built = "    Metadata: {BuildMethod: python3.13, BuildArchitecture: arm64}\n" if layer.built else ""
            yield (
                f"\n  {name}Layer:\n    Type: AWS::Serverless::LayerVersion\n{built}    Properties:\n"
                f"      Description: {inline(layer.description)}\n      ContentUri: {up}/{layer.folder}\n"
                "      CompatibleRuntimes: [python3.13]\n      PublishLambdaVersion: true\n"
            )


def _function(stack: Stack, source: Source) -> Iterator[str]:
    line = stack.listed.line(source)
    said = {
        "Description": line.description or None,
        "Handler": f"{source.surface}/{source.stem}.handler",
        "MemorySize": line.memory,
        "Timeout": line.timeout,
        "Layers": [Tagged("Ref", f"{name}Layer") for name in line.layers] or None,
        "Environment": {"Variables": line.variables} if line.variables else None,
    }
    yield f"  {source.name}:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    yield from (f"      {name}: {inline(value)}\n" for name, value in said.items() if value is not None)
    yield _rights(stack, source)
    if source.surface in _CANARIES:
        yield block("canary", stack=stack.name)
    events = "".join(_events(stack, source, line))
    yield f"      Events:\n{events}" if events else ""
    if source.is_job:
        visibility = 6 * (line.timeout or 10)
        rule = "".join(_rule(source))
        yield block("job", name=source.name, visibility=visibility, tries=source.tries, rule=rule)


def _rights(stack: Stack, source: Source) -> str:
    """Declare what a function may do: by a role that it shares, or as a job by a role of its own.

    A job may postpone messages of its own queue only, so its role can't be shared.
    """
    grants = stack.listed.grants_of(source)
    if not source.is_job:
        return f"      Role: !GetAtt {_role_name(stack, grants)}.Arn\n"
    own = block("own_queue", name=source.name)
    return "      Policies:\n" + "".join(f"        - {inline(_policy_of(stack, grant))}\n" for grant in grants) + own


def _roles(stack: Stack) -> Iterator[str]:
    for grants in sorted({stack.listed.grants_of(source) for source in stack.functions if not source.is_job}):
        policies = "".join(f"        - {inline(_policy_of(stack, grant))}\n" for grant in grants).rstrip("\n")
        yield block("role", role=_role_name(stack, grants), policies=policies)


def _role_name(stack: Stack, grants: tuple[str, ...]) -> str:
    return f"{stack.name}{''.join(grants)}Role"


def _policy_of(stack: Stack, grant: str) -> Tagged:
    policy = Tagged("Ref", f"{stack.name}{grant}")
    where = stack.grants[grant].where_given
    return Tagged("If", [f"Has{where}", policy, Tagged("Ref", "AWS::NoValue")]) if where else policy


def _events(stack: Stack, source: Source, line: Line) -> Iterator[str]:
    if source.is_endpoint:
        yield (
            "        Http:\n          Type: HttpApi\n          Properties: "
            f'{{ApiId: !Ref {stack.name}Api, Method: {source.method}, Path: "{source.path}"}}\n'
        )
    if source.is_job:
        yield block("messages", name=source.name, batch=line.batch, at_once=line.at_once)
    for name, turn in line.schedules.items():
        given = turn if isinstance(turn, Turn) else Turn(at=turn, input={})
        words = f"            Input: '{json.dumps(given.input)}'\n" if given.input else ""
        yield block("schedule", name=name, at=given.at) + words


def _rule(source: Source) -> Iterator[str]:
    heard = [{"prefix": each[:-1]} if each.endswith("*") else each for each in source.hears]
    if source.surface == "uploads":
        yield block("upload_pattern", keys=inline(heard))
        return
    types = [*heard, f"replay.{source.name}"]
    yield f"      Name: {source.name}\n      EventBusName: !Ref EventBus\n"
    yield f"      EventPattern: {{detail-type: {inline(types)}}}"


def _dead_letters_policy(stack: Stack) -> Iterator[str]:
    queues = "".join(f"        - !Ref {source.name}DeadLetters\n" for source in stack.functions if source.is_job)
    if queues:
        yield "\n" + block("dead_letters", stack=stack.name, queues=queues.rstrip("\n"))


def _outputs(stack: Stack) -> Iterator[str]:
    yield "\nOutputs:\n"
    if stack.has_api:
        host = f'"${{{stack.name}Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"'
        yield f"  ApiHost:\n    Value: !Sub {host}\n"
    for name, value in stack.of_its_own(stack.listed.outputs).items():
        yield f"  {name}:\n    Value: {inline(value)}\n"


def values_of(root: Path) -> dict[str, Any]:
    """Return the values that the root template can give to stacks, by name.

    These are its own parameters, and the values that its list adds.
    """
    own = load(root / "template.yaml")["Parameters"]
    return {name: Tagged("Ref", name) for name in own} | load(root / "stacks" / "values.yaml")
