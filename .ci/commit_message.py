"""The commit-msg hook: checks that a message follows Conventional Commits (conventionalcommits.org, 1.0.0)."""

import re
import sys
from pathlib import Path

TYPES = ("build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test")
LONGEST_SUBJECT = 100
_SUBJECT = re.compile(rf"(?:{'|'.join(TYPES)})(?:\([a-z0-9-]+\))?!?: \S.*")
# Git writes these itself; a fixup is folded into its commit before anyone else sees it.
_BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")
# Below this line `git commit --verbose` shows the change, which is not part of the message.
_SCISSORS = "# ------------------------ >8 ------------------------"


def problems(message: str) -> list[str]:
    """Return the problems of a message, in words for its author; nothing if it is right."""
    lines = [line for line in message.partition(_SCISSORS)[0].splitlines() if not line.startswith("#")]
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return ["The message is empty."]
    subject = lines[0]
    if subject.startswith(_BY_GIT):
        return []
    found: list[str] = []
    if not _SUBJECT.fullmatch(subject):
        found.append(f"The first line is not `type(scope): what it does`, with a type of {', '.join(TYPES)}.")
    if len(subject) > LONGEST_SUBJECT:
        found.append(f"The first line has {len(subject)} characters; {LONGEST_SUBJECT} is the most.")
    if subject.endswith("."):
        found.append("The first line is a title: it ends without a full stop.")
    if len(lines) > 1 and lines[1].strip():
        found.append("The second line must be empty.")
    return found


def main(path: str) -> int:
    """Check the message in a file, as git calls its hook; returns the exit code."""
    found = problems(Path(path).read_text(encoding="utf-8"))
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
