"""Finding a crossing by a name, in any script and spelling in which people write it.

Spellings are folded to one Latin form first, so that Қапланбек, Капланбек and Qaplanbek are the same word.
A name that belongs to several crossings finds them all with equal standing: which one is meant is a
question for whoever asked, never a guess of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from anyascii import anyascii
from rapidfuzz.distance import OSA

from services.core.crossings.documents import Crossing
from services.core.crossings.words import Side

LEAST_SCORE = 75.0
"""Below it a likeness is an accident: one letter in four may be wrong. Towns, states and nonsense stay under
it; they are cases in tests/crossings/test_names.py."""

EQUAL_STANDING = 3.0
"""Matches within so many points of the best are equally good answers."""

LONGEST_QUERY = 200
MOST_WORDS = 8
WORDS_OF_A_PAIR = 5
"""How far a question is read, so that no question takes longer than about ten milliseconds."""

Words: TypeAlias = tuple[str, ...]
"""The words of a name in folded form."""

_APOSTROPHES = "'`´‘’ʻʼʹ′"
_LETTERS = str.maketrans(
    dict.fromkeys(_APOSTROPHES + "ъь", "")
    | dict(zip("ўғқҳхжйыіцәөұүһңэ", "ogkhhjiiisaouuhne", strict=True))
    | {"щ": "sh", "ё": "io", "я": "ia", "ю": "iu"}
)
"""Letters that a general table reads otherwise than people at this border write them in Latin."""

_SAME_SOUNDS = (
    ("dzh", "j"),
    ("zh", "j"),
    ("dj", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ts", "s"),
    ("q", "k"),
    ("x", "h"),
    ("w", "v"),
    ("y", "i"),
    ("ie", "e"),
)


@dataclass(frozen=True, slots=True)
class Match:
    """`matched` is the spelling that was found; `side` is None where it names the pair, not one post."""

    code: str
    score: float
    """0–100; 100 is the same name, whatever the script."""
    matched: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a name finds, best first."""

    matches: tuple[Match, ...]

    @property
    def best(self) -> tuple[Match, ...]:
        """The matches of equal standing at the top."""
        return tuple(one for one in self.matches if one.score >= self.matches[0].score - EQUAL_STANDING)

    @property
    def ambiguous(self) -> bool:
        """True where the name belongs to several crossings, so that somebody has to ask "which?"."""
        return len(self.best) > 1


def find(query: str, crossings: Mapping[str, Crossing]) -> Finding:
    """The crossings that the name may mean, and with them whether it means only one."""
    return Finding(tuple(search(query, crossings)))


def search(query: str, crossings: Mapping[str, Crossing]) -> list[Match]:
    """The crossings that the name may mean, best first; those under `LEAST_SCORE` are left out.

    Understands a name with slips of the pen, its beginning, both names of a pair in either order, and a
    name within a longer question. Only the first `LONGEST_QUERY` characters and `MOST_WORDS` words are read.
    """
    asked = words(query[:LONGEST_QUERY])[:MOST_WORDS]
    if not asked:
        return []
    matches = (max(_readings(query, asked, crossing), key=_score_of) for crossing in crossings.values())
    found = (match for match in matches if match.score >= LEAST_SCORE)
    return sorted(found, key=lambda match: (-match.score, match.code))


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The words of a name in folded form, without those by which every post is called."""
    every = _folded(text)
    return tuple(word for word in every if word not in _CALLED_BY_ALL) or every


def _folded(text: str) -> Words:
    latin = anyascii(text.casefold().translate(_LETTERS)).lower()
    for written, sound in _SAME_SOUNDS:
        latin = latin.replace(written, sound)
    return tuple(re.findall(r"[a-z0-9]+", re.sub(r"([a-z])\1+", r"\1", latin)))


_CALLED_BY_ALL = frozenset(
    _folded(
        "post posti border checkpoint crossing customs point "
        "пост пункт пункта пропуска КПП граница границе границу граничный таможенный таможня "
        "chegara chegarasi bojxona oʻtkazish punkti чегара пости божхона ўтказиш пункти "
        "шекара шекарасы бекет бекеті өткізу кеден"
    )
)


def _readings(query: str, asked: Words, crossing: Crossing) -> Iterator[Match]:
    """What was asked, read as the code, as a name of either post and as both names of the pair."""
    yield Match(crossing.code, _score(asked, words(crossing.code)), crossing.code, None)
    for side in Side:
        yield _as_post(asked, crossing, side, as_written=query.strip().casefold())
    for cut in range(1, len(asked) if len(asked) <= WORDS_OF_A_PAIR else 0):
        for first, second in ((Side.UZ, Side.KZ), (Side.KZ, Side.UZ)):
            yield _as_pair(asked[:cut], first, asked[cut:], second, crossing)


def _as_post(asked: Words, crossing: Crossing, side: Side, *, as_written: str = "") -> Match:
    """The best of the post's spellings; of equal ones that which was asked letter by letter."""
    named = crossing.posts[side].named
    spellings = (*named.names.values(), *named.aliases)
    readings = (Match(crossing.code, _score(asked, words(one)), one, side) for one in spellings)
    return max(
        readings,
        key=lambda match: (match.score, match.matched.casefold() == as_written),
        default=Match(crossing.code, 0.0, "", side),
    )


def _as_pair(left: Words, first: Side, right: Words, second: Side, crossing: Crossing) -> Match:
    """Each part read as one post: as good as its parts by length, nothing if either is an accident."""
    one, other = _as_post(left, crossing, first), _as_post(right, crossing, second)
    share = len("".join(left)) / len("".join(left + right))
    score = one.score * share + other.score * (1 - share)
    if min(one.score, other.score) < LEAST_SCORE:
        score = 0.0
    return Match(crossing.code, round(score, 1), f"{one.matched} – {other.matched}", None)


def _score(asked: Words, spelling: Words) -> float:
    whole = _likeness("".join(asked), "".join(spelling))
    return round(max(whole, _mentioned(asked, spelling), _begun(asked, spelling)), 1)


def _likeness(left: str, right: str) -> float:
    """100 less the share of letters changed, left out, put in or swapped with their neighbour."""
    return 100 * OSA.normalized_similarity(left, right)


def _mentioned(asked: Words, spelling: Words) -> float:
    """How well the spelling is found within a longer question; names of under four letters are not."""
    name = "".join(spelling)
    if len(name) < 4:
        return 0.0
    length = len("".join(asked))
    said = ("".join(asked[start:end]) for start, end in combinations(range(len(asked) + 1), 2))
    near = (part for part in said if LEAST_SCORE <= 100 * len(part) / len(name) <= 10_000 / LEAST_SCORE)
    return max((_likeness(part, name) * _weight(len(part) / length) for part in near), default=0.0)


def _begun(asked: Words, spelling: Words) -> float:
    """How much of the spelling has been typed, from the start of one of its words; three letters count."""
    begun, length = "".join(asked), len("".join(spelling))
    if len(begun) < 3 or not any("".join(spelling[at:]).startswith(begun) for at in range(len(spelling))):
        return 0.0
    return 100 * _weight(len(begun) / length)


def _weight(share: float) -> float:
    """What a part counts, from the least score for hardly anything to all for the whole."""
    least = LEAST_SCORE / 100
    return least + (1 - least) * share


def _score_of(match: Match) -> float:
    return match.score
