"""Templates made into text: the nearest locale that a mail is written in, HTML escaped, and no value may be missing."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ravo.platform.mail.figures import day, moment, money
from ravo.platform.mail.message import Written, sender
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from jinja2 import Environment, Template

# Templates are named from here on: `inventory/mails/en/low_stock.txt`, `platform/mail/layout.html`.
FOLDERS = [Path(__file__).parent.parent.parent]
FALLBACK = "en"


def render(kind: str, locale: str, values: Mapping[str, Any]) -> Written:
    """Write a mail. Raises jinja2's `TemplateNotFound` or `UndefinedError`: a mail with holes is sent to nobody."""
    domain, _, name = kind.partition(".")
    found, text = _text_template(f"{domain}/mails", name, locale)
    html = environment().get_template(f"{domain}/mails/{found}/{name}.html")
    common = {"locale": found, "shop_name": sender().display_name, "shop_url": settings().public_url}
    whole = common | dict(values)
    # A line break that came with a value would end the header.
    subject = " ".join("".join(text.blocks["subject"](text.new_context(whole))).split())
    return Written(found, subject, text.render(whole), html.render(whole | {"subject": subject}))


def _text_template(folder: str, name: str, locale: str) -> "tuple[str, Template]":
    from jinja2 import TemplateNotFound

    for candidate in _nearest(locale):
        try:
            return candidate, environment().get_template(f"{folder}/{candidate}/{name}.txt")
        except TemplateNotFound:
            continue
    raise TemplateNotFound(f"{folder}/{FALLBACK}/{name}.txt")


def _nearest(locale: str) -> Iterator[str]:
    """The locale itself, its language, English."""
    yield from dict.fromkeys((locale, locale.partition("-")[0], FALLBACK))


@cache
def environment() -> "Environment":
    """Return the templates; Jinja costs every start a tenth of a second, so only mails import it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja's own are the only types of filters that its annotations know.
    filters = cast("dict[str, Any]", made.filters)
    filters |= {"money": money, "day": day, "moment": moment}
    return made
