"""All files that are written from code and lists, with what belongs into them."""

from pathlib import Path

from local.writing.roots import fill, nested
from local.writing.settings_read import SettingsRead
from local.writing.stacks import Writer, read_stacks, values_of


def written(root: Path) -> dict[Path, str]:
    """Return each such file's text."""
    writer, stacks = Writer(values_of(root), SettingsRead(root)), read_stacks(root)
    templates = {root / stack.path: writer.template(stack) for stack in stacks}
    above = root / "template.yaml"
    return templates | {above: fill(above, {"domains": nested(stacks, writer)})}
