"""Whatever a notice of the real border may say, for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.core import crossings
from services.core.crossings import Direction, Goods, Mode, Side
from services.core.notices import Effect, End, NoticeFields, Selector, What, Window
from services.core.notices.naming import names_of
from services.core.text import LONGEST_LINE, Language, Line

CATALOGUE = crossings.catalogue()
RULES = ("24/7", "08:00-20:00", "Mo-Fr 21:00-05:00; PH off", "Apr-Oct sunrise-sunset", 'Sa off "feast"')
COUNTRIES = ("UZ", "KZ", "TJ", "KG", "DE", "FR")
LINE: TypeAdapter[str] = TypeAdapter(Line)


def _is_line(text: str) -> bool:
    try:
        LINE.validate_python(text)
    except ValidationError:
        return False
    return True


lines = st.builds(
    lambda text, times: (text * times)[:LONGEST_LINE],
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=20),
    st.sampled_from([1, LONGEST_LINE]),
).filter(_is_line)
"""Short ones, and about as long as they may be."""


@cache
def name(code: str, language: Language) -> str:
    (found,) = names_of([code], language, CATALOGUE)
    return found


def _some(values: Any, most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(list(values)), max_size=most, unique=True).map(tuple)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    end = draw(
        st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=400)).map(lambda by: start + by)
    )
    end_is = draw(st.sampled_from([End.KNOWN, End.ANNOUNCED])) if end else End.OPEN
    return Window(start=start, end=end, end_is=end_is, recurs=draw(st.none() | st.sampled_from(RULES)))


@st.composite
def selectors(draw: st.DrawFn) -> Selector:
    over = draw(st.none() | st.sampled_from([0.0, 3.5, 20.0]))
    return Selector(
        crossings=draw(_some(CATALOGUE, len(CATALOGUE))),
        sides=draw(_some(Side)),
        modes=draw(_some(Mode, len(Mode))),
        directions=draw(_some(Direction)),
        citizens=draw(_some(COUNTRIES)),
        citizens_except=draw(_some(COUNTRIES)),
        mass_over_t=over,
        mass_up_to_t=draw(st.none() | st.sampled_from([20.5, 1e9])),
        goods=draw(_some(Goods)),
        transit=draw(st.none() | st.booleans()),
    )


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    what = draw(st.sampled_from(list(What)))
    more: dict[str, Any] = {}
    if what is What.HOURS:
        more["hours"] = draw(st.sampled_from(RULES))
    elif what is What.RESTRICTED:
        more["capacity_share"] = draw(st.none() | st.floats(0, 1))
    elif what is What.DELAY:
        more["delay_minutes"] = draw(st.none() | st.floats(0, 14 * 24 * 60))
    return Effect(what=what, selector=draw(selectors()), window=draw(windows()), **more)


@st.composite
def notices(draw: st.DrawFn) -> NoticeFields:
    """With headlines in some languages."""
    headlines = draw(st.dictionaries(st.sampled_from(list(Language)), lines, min_size=1))
    return NoticeFields.model_validate(
        {
            "authority": "Customs",
            "effects": draw(st.lists(effects(), min_size=1, max_size=4)),
            "texts": {language: {"headline": headline} for language, headline in headlines.items()},
        }
    )
