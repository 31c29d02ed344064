"""The grants that a function has in its template."""

from typing import Any, cast

from local.iam import Grant
from local.intrinsics import Scope

# The keys that a statement may have. One with more, like a condition, can't be judged by half.
_UNDERSTOOD = {"Sid", "Effect", "Action", "Resource", "Condition"}
# A condition on the tag that the stack gives its own resources: here each resource exists once and has the tag.
_OWN_TAG = "aws:ResourceTag/ravo"


class UnreadablePolicy(Exception):
    """The laptop does not understand this policy; the message says which part."""


# What AWS itself does for logs, traces, the network and queues; no code of a function calls these.
_AWS_OWN = "arn:aws:iam::aws:policy/"


def grants_of(scope: Scope, function: str, properties: dict[str, Any]) -> tuple[Grant, ...]:
    """Read what a function may do: from the role that it shares, or from policies of its own.

    Raises `UnreadablePolicy`.
    """
    managed = dict(scope.resources("AWS::IAM::ManagedPolicy"))
    found: list[Grant] = []
    for policy in _policies(scope, function, properties):
        if isinstance(policy, dict) and "Statement" in policy:
            found += _statements(f"{function}'s own", cast("dict[str, Any]", policy))
        elif isinstance(policy, str) and policy in managed:
            found += _statements(policy, scope.resolve(managed[policy]["PolicyDocument"]))
        else:
            raise UnreadablePolicy(f"{function} names a policy that its own template does not declare: {policy}")
    return tuple(found)


def _policies(scope: Scope, function: str, properties: dict[str, Any]) -> list[Any]:
    if "Role" not in properties:
        return scope.resolve(properties.get("Policies", []))
    roles = {f"{name}.Arn": role for name, role in scope.resources("AWS::IAM::Role")}
    role = roles.get(scope.resolve(properties["Role"]))
    if role is None or "Policies" in role or "Policies" in properties:
        raise UnreadablePolicy(f"{function} has a role that its own template does not declare, or that says more")
    return [policy for policy in scope.resolve(role["ManagedPolicyArns"]) if not str(policy).startswith(_AWS_OWN)]


def _statements(policy: str, document: dict[str, Any]) -> list[Grant]:
    return [_statement(policy, statement) for statement in document["Statement"]]


def _statement(policy: str, statement: dict[str, Any]) -> Grant:
    more = set(statement) - _UNDERSTOOD
    if set(statement.get("Condition", {}).get("StringEquals", {})) != (
        {_OWN_TAG} if "Condition" in statement else set()
    ):
        more.add("Condition")
    if more:
        raise UnreadablePolicy(f"{policy} says {', '.join(sorted(more))}, which nobody here can judge")
    return Grant(
        policy, _listed(statement["Action"]), _listed(statement["Resource"]), denies=statement["Effect"] == "Deny"
    )


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
