"""The made-up crossings: nobody takes them for real ones, and everything can be tried on them."""

from __future__ import annotations

from itertools import product

import pytest

from services.core import crossings, status
from services.core.alternatives import Unreached, roads_for
from services.core.board import compile_board, inputs_from_files
from services.core.crossings import Direction, Side, Traveller, Verdict
from services.core.notices import NoticeFields, What
from services.core.practice.actions import CATALOGUE
from services.core.previews import Preview, Subject, preview
from services.core.text import Language
from tests.makers import DAY, HOUR, NOON, ROAD_MODES, a_closure, a_notice

MADE_UP = crossings.catalogue(CATALOGUE)
CODES = tuple(MADE_UP)
INPUTS = inputs_from_files(MADE_UP, (), NOON)


def previewed(fields: NoticeFields) -> Preview:
    return preview(Subject.of(INPUTS, fields, NOON, side=Side.UZ), roads_for(MADE_UP))


def test_there_are_enough_for_a_wide_notice_and_none_is_real() -> None:
    assert len(CODES) == 3
    assert MADE_UP.keys().isdisjoint(crossings.catalogue())


@pytest.mark.parametrize(
    ("language", "word"),
    [
        (Language.UZBEK, "Mashq"),
        (Language.UZBEK_CYRILLIC, "Машқ"),
        (Language.KAZAKH, "Жаттығу"),
        (Language.RUSSIAN, "Учебный"),
        (Language.ENGLISH, "Practice"),
    ],
)
def test_every_name_says_first_that_it_is_practice(language: Language, word: str) -> None:
    names = [post.named.names[language] for one in MADE_UP.values() for post in one.posts.values()]
    assert all(name.startswith(f"{word} ") for name in names)
    assert len(set(names)) == 6


@pytest.mark.parametrize("code", CODES)
def test_no_place_and_no_page_is_named_and_the_only_source_says_that_it_is_made_up(code: str) -> None:
    crossing = MADE_UP[code]
    assert [post.located for post in crossing.posts.values()] == [None, None]
    assert [post.placed for post in crossing.posts.values()] == [None, None]
    (source,) = crossing.sources.values()
    assert (source.title, source.url) == ("Made up for practice: there is no such crossing", None)
    with pytest.raises(Unreached):
        roads_for(MADE_UP).between(code, next(other for other in CODES if other != code), Side.UZ)


@pytest.mark.parametrize("code", CODES)
def test_everybody_may_pass_by_road_at_every_hour(code: str) -> None:
    bulletin = compile_board(INPUTS, NOON).bulletin(code)
    for mode, direction, hour in product(ROAD_MODES, Direction, range(24)):
        who = Traveller(mode, direction, "DE")
        assert status.status(bulletin, who, NOON + hour * HOUR).verdict is Verdict.OPEN


@pytest.mark.parametrize("codes", [CODES[:1], CODES, ()])
def test_a_notice_is_previewed_although_no_road_leads_there(codes: tuple[str, ...]) -> None:
    found = previewed(a_notice(a_closure(*codes, start=NOON + HOUR, end=NOON + DAY)))
    shut = set(codes or CODES)
    assert {(one.code, one.traveller.mode) for one in found.shut_out} == set(product(shut, ROAD_MODES))
    assert all(one.in_a_day for one in found.shut_out)
    assert found.spills == ()
    assert found.suggestions.codes == tuple(code for code in CODES if code not in shut)
    assert {one.road_minutes for named in found.suggestions.by_mode.values() for one in named} <= {None}
    assert "twin-side-missing" in {one.code for one in found.findings}


@pytest.mark.parametrize("what", [What.INFORMATION, What.DELAY, What.RESTRICTED, What.REOPENED])
def test_every_kind_of_effect_is_previewed(what: What) -> None:
    effect = a_closure(CODES[0], start=NOON + HOUR, end=NOON + DAY).model_copy(update={"what": what})
    assert previewed(a_notice(effect)).revision.notice.effects[0].what is what
