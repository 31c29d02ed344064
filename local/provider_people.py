"""The people whom the sign-in stand-in knows. Their domain does not exist, and neither do they."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A person with an account at each provider.

    Each has a number, a case to try with it, and a mail address that is proven or not.
    """

    number: int
    about: str
    email: str
    proven: bool = True


PEOPLE = {
    "mia": Person(1001, "Mia, who is new or has been here before", "mia@people.example"),
    "mia-elsewhere": Person(1002, "Mia with another account, of the same mail address", "mia@people.example"),
    "noah": Person(1003, "Noah, who never proved his mail address", "noah@people.example", proven=False),
    "owner": Person(1004, "The demo owner's mail address", "owner@ravo.example"),
}
