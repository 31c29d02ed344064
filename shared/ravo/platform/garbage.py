"""When garbage is looked for: not while a function starts. What imports make stays, and to look for cycles among it again and again takes an eighth of a start."""

import gc

# More than a start makes.
_LATER = 200_000
_USUAL = gc.get_threshold()


def look_later() -> None:
    """Let a start make what it makes, until `look_from_here_on`."""
    gc.set_threshold(_LATER)


def look_from_here_on() -> None:
    """Look as often as Python does, among what is made from here on; once that is so, this does nothing."""
    if gc.get_threshold() != _USUAL:
        gc.freeze()
        gc.set_threshold(*_USUAL)
