"""All files that are written from code and lists, with their content."""

from pathlib import Path

from local.templates import ROOTS
from local.writing.roots import Roots, fill
from local.writing.samples import sample
from local.writing.settings_read import SettingsRead
from local.writing.stacks import Stack, Writer, read_stacks, values_of
from local.writing.tables import operations, routes

# Where a domain's page may be; the first path that exists is used.
PAGES = ("shared/ravo/{}/README.md", "docs/domains/{}.md")


def written(root: Path) -> dict[Path, str]:
    """Return each such file's text."""
    writer, stacks = Writer(values_of(root), SettingsRead(root)), read_stacks(root)
    templates = {root / stack.path: writer.template(stack) for stack in stacks}
    roots = Roots(stacks, writer)
    base, more, web = (root / path for path in ROOTS)
    above = {base: roots.base(base, web.read_text()), more: roots.more(), web: roots.web(web)}
    return templates | above | _pages(root, stacks) | _samples(root, stacks)


def _pages(root: Path, stacks: list[Stack]) -> dict[Path, str]:
    functions = [source for stack in stacks for source in stack.functions]
    pages = {root / "docs" / "operations.md": operations(functions)}
    for domain in {stack.domain for stack in stacks}:
        own = [source for source in functions if source.domain == domain]
        page = next(path for path in (root / place.format(domain) for place in PAGES) if path.exists())
        table = routes(own, page.read_text(), root / "functions" / domain)
        pages[page] = fill(page, {"routes": table})
    return pages


def _samples(root: Path, stacks: list[Stack]) -> dict[Path, str]:
    functions = [source for stack in stacks for source in stack.functions]
    paths = {root / "events" / source.domain / f"{source.stem}.json": source for source in functions}
    texts = {path: sample(source, path) for path, source in paths.items()}
    return {path: text for path, text in texts.items() if text is not None}
