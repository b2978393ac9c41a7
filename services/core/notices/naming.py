"""What a notice calls crossings, in the five languages of the border.

No name is ever inflected: sentences are made around it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence

from services.core.crossings import Crossing, Side
from services.core.text import Language, in_language

EVERYWHERE: Mapping[Language, str] = {
    Language.UZBEK: "barcha chegara punktlari",
    Language.UZBEK_CYRILLIC: "барча чегара пунктлари",
    Language.KAZAKH: "барлық өткізу пункттері",
    Language.RUSSIAN: "все пункты пропуска",
    Language.ENGLISH: "all crossings",
}

LEFT_OUT = "…"
"""Stands for what has no room."""

QUOTED = {Language.KAZAKH: "«{}»"}
"""Where names of posts stand in marks."""

OWN_POST = {
    Language.UZBEK: Side.UZ,
    Language.UZBEK_CYRILLIC: Side.UZ,
    Language.KAZAKH: Side.KZ,
}
"""Whose post a notice in the language of a state names."""


def name_of(
    crossing: Crossing, language: Language, side: Side | None, catalogue: Mapping[str, Crossing]
) -> str:
    """A crossing as a notice of one side names it: by its own post, or by the other where that alone has a
    name in the language; by the pair where both sides speak, and where the name is another post's too, as
    that of Syrdarya is."""
    own = OWN_POST.get(language, side)
    written = {one: crossing.posts[one].named.names.get(language) for one in Side}
    known = [name for name in written.values() if name]
    name = (written[own] if own else None) or (known[0] if len(known) == 1 else None)
    if own and not name and known:
        name = known[0]
    if name is None or _is_ambiguous(name, crossing, language, catalogue):
        named = (in_language(crossing.posts[one].named.names, language) or "?" for one in Side)
        name = " – ".join(named)
    return QUOTED.get(language, "{}").format(name)


def _is_ambiguous(
    name: str, crossing: Crossing, language: Language, catalogue: Mapping[str, Crossing]
) -> bool:
    others = (one for one in catalogue.values() if one.code != crossing.code)
    names = {one.posts[side].named.names.get(language, "") for one in others for side in Side}
    return any(other == name or other.startswith(f"{name} ") for other in names)


def names_of(codes: Iterable[str], language: Language, catalogue: Mapping[str, Crossing]) -> list[str]:
    """Crossings by their pairs, in the languages of the two states by their own posts; one that nobody knows
    by its code. No codes: all of them."""
    names = [
        name_of(catalogue[code], language, None, catalogue) if code in catalogue else code
        for code in dict.fromkeys(codes)
    ]
    return names or [EVERYWHERE[language]]


def listed(names: Sequence[str], most: int) -> str:
    """The first of them, and a mark where others are left out."""
    return ", ".join(names if len(names) <= most else (*names[:most], LEFT_OUT))


def fitting(told: Callable[[int], str], least: int, most: int, longest: int) -> str | None:
    """What is told of as many names as have room, `least` to `most` of them; None if not even of `least`."""
    counts = range(least, most + 1)
    fit = bisect_right(counts, longest, key=lambda count: len(told(count)))
    return told(counts[fit - 1]) if fit else None
