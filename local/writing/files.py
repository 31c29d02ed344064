"""All files that are written from code and lists, with what belongs into them."""

from pathlib import Path

from local.writing.roots import behaviors, fill, nested, origins
from local.writing.settings_read import SettingsRead
from local.writing.stacks import Writer, read_stacks, values_of


def written(root: Path) -> dict[Path, str]:
    """Return each such file's text."""
    writer, stacks = Writer(values_of(root), SettingsRead(root)), read_stacks(root)
    templates = {root / stack.path: writer.template(stack) for stack in stacks}
    above = root / "template.yaml"
    parts = {"domains": nested(stacks, writer), "origins": origins(stacks), "behaviors": behaviors(stacks)}
    return templates | {above: fill(above, parts)}
