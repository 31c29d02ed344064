"""Correcting a search towards the words that products are known by."""

from collections.abc import Iterable, Mapping, Sequence


def correct(words: Sequence[str], candidates: Mapping[str, Iterable[str]]) -> list[str]:
    """Replace each word that has candidates by the nearest of them, if one is near enough; the others stay.

    `candidates` holds, for words that the shop does not know, those it knows that share letters with them.
    """
    return [_nearest(word, candidates[word]) if word in candidates else word for word in words]


def _nearest(word: str, candidates: Iterable[str]) -> str:
    tolerated = 0 if len(word) < 4 else 1 if len(word) < 6 else 2
    rated = ((distance(word, candidate), candidate[:1] != word[:1], candidate) for candidate in candidates)
    near = [rating for rating in rated if rating[0] <= tolerated]
    return min(near)[2] if near else word


def distance(left: str, right: str) -> int:
    """Count the insertions, deletions, replacements and swaps of neighbours that turn one word into the other.

    Optimal string alignment: Damerau-Levenshtein distance in which no letter is edited twice.
    """
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
