"""`python -m tests.previews.wordings` writes down how notices are put, case by case, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.core import crossings
from services.core.alternatives import roads_for
from services.core.crossings import Direction, Goods, Mode, Side
from services.core.notices import Effect, End, NoticeFields, NoticeText, What
from services.core.previews import Subject, suggested_alternatives, suggested_texts
from services.core.text import Language
from tests.makers import TASHKENT, a_notice
from tests.previews.border import inputs
from tests.previews.cases.saying_so import an_effect
from tests.previews.test_suggesting import FEBRUARY_2025, LIGHT_TRAFFIC, as_it_was

FILE = Path(__file__).with_name("wordings.txt")
CATALOGUE = crossings.catalogue()
NOVEMBER = datetime(2026, 11, 30, 12, tzinfo=TASHKENT)
START = datetime(2026, 12, 1, 9, tzinfo=TASHKENT)
END = START + timedelta(days=4, hours=9, minutes=30)
YALLAMA, NAVOIY, MALIK = "yallama-konysbayev", "navoiy-kaplanbek", "malik-syrdarya"
OQOLTIN, KELES, GISHTKOPRIK = "oqoltin-tselinny", "keles-saryagash", "gishtkoprik-zhibek-zholy"
TRUCKS, CARS, BUSES = (Mode.TRUCK,), (Mode.CAR,), (Mode.BUS,)


def effect(what: What, *codes: str, **more: Any) -> Effect:
    """From 1 December 2026 at nine on, with no end given."""
    selected = {name: more.pop(name) for name in SELECTED if name in more}
    given = an_effect(what, *codes, **{"start": START, "end": None, **more})
    selector = given.selector.model_copy(update=selected)
    return given.model_copy(update={"selector": selector})


SELECTED = ("citizens", "citizens_except", "mass_over_t", "mass_up_to_t", "goods", "transit")
UNTIL: dict[str, Any] = {"end": END, "end_is": End.KNOWN}
SAID_UNTIL: dict[str, Any] = {"end": END, "end_is": End.ANNOUNCED}

CASES: Mapping[str, NoticeFields] = {
    "shut to trucks, no end given": a_notice(effect(What.CLOSED, YALLAMA, modes=TRUCKS)),
    "shut to everybody until a known end": a_notice(effect(What.CLOSED, NAVOIY, **UNTIL)),
    "shut until an announced end": a_notice(effect(What.CLOSED, NAVOIY, modes=CARS + BUSES, **SAID_UNTIL)),
    "two crossings shut": a_notice(effect(What.CLOSED, YALLAMA, MALIK, **UNTIL)),
    "the whole border shut": a_notice(effect(What.CLOSED, **UNTIL)),
    "the whole border shut one way": a_notice(
        effect(What.CLOSED, modes=(Mode.PEDESTRIAN, *CARS), directions=(Direction.TO_UZ,), **UNTIL)
    ),
    "shut by night": a_notice(
        effect(What.CLOSED, YALLAMA, modes=TRUCKS, recurs="Mo-Fr 21:00-05:00; PH off", **SAID_UNTIL)
    ),
    "shut to light traffic, said in two effects": a_notice(
        effect(What.CLOSED, YALLAMA, modes=(Mode.PEDESTRIAN, *CARS), **UNTIL),
        effect(What.CLOSED, YALLAMA, modes=TRUCKS, mass_up_to_t=3.5, **UNTIL),
    ),
    "shut to what is heavy": a_notice(effect(What.CLOSED, MALIK, mass_over_t=3.5, **UNTIL)),
    "shut to masses between": a_notice(
        effect(What.CLOSED, YALLAMA, modes=TRUCKS, mass_over_t=3.5, mass_up_to_t=12)
    ),
    "shut to citizens": a_notice(effect(What.CLOSED, GISHTKOPRIK, citizens=("TJ", "DE"), transit=True)),
    "shut to all but citizens": a_notice(effect(What.CLOSED, GISHTKOPRIK, citizens_except=("UZ", "KZ"))),
    "shut to goods": a_notice(
        effect(What.CLOSED, YALLAMA, modes=TRUCKS, goods=(Goods.COMMERCIAL, Goods.PERISHABLE), transit=False)
    ),
    "a railway shut": a_notice(effect(What.CLOSED, KELES, modes=(Mode.FREIGHT_TRAIN,), **UNTIL)),
    "limited, nobody says how far": a_notice(effect(What.RESTRICTED, NAVOIY, modes=CARS)),
    "limited to a share": a_notice(
        effect(What.RESTRICTED, NAVOIY, YALLAMA, capacity_share=0.5, modes=TRUCKS, **UNTIL)
    ),
    "other hours": a_notice(effect(What.HOURS, OQOLTIN, hours="08:00-20:00")),
    "other hours by days": a_notice(
        effect(What.HOURS, MALIK, hours="Mo-Sa 08:00-13:00,14:00-18:00; Su off; PH off", modes=CARS)
    ),
    "other hours of daylight": a_notice(effect(What.HOURS, MALIK, hours="sunrise-sunset")),
    "other hours, for which there are no words": a_notice(
        effect(What.HOURS, MALIK, hours="Apr-Oct sunrise-sunset", **UNTIL)
    ),
    "open again": a_notice(effect(What.REOPENED, GISHTKOPRIK)),
    "two open again to some": a_notice(effect(What.REOPENED, NAVOIY, GISHTKOPRIK, modes=CARS + BUSES)),
    "delays": a_notice(effect(What.DELAY, YALLAMA, modes=TRUCKS, directions=(Direction.TO_KZ,))),
    "delays of hours": a_notice(effect(What.DELAY, YALLAMA, delay_minutes=210, **UNTIL)),
    "delays of minutes": a_notice(effect(What.DELAY, YALLAMA, delay_minutes=45, **UNTIL)),
    "information": a_notice(effect(What.INFORMATION, YALLAMA, modes=TRUCKS)),
    "several things at once": a_notice(
        effect(What.REOPENED, NAVOIY, modes=CARS),
        effect(What.CLOSED, YALLAMA, modes=TRUCKS, **SAID_UNTIL),
        effect(What.DELAY, MALIK, OQOLTIN, delay_minutes=120),
    ),
    "a way round that was chosen": a_notice(
        effect(What.CLOSED, YALLAMA, modes=CARS, **UNTIL), alternatives=(OQOLTIN,)
    ),
}


def suggested(fields: NoticeFields) -> Mapping[Language, NoticeText]:
    """By an official of the Uzbek side, on 30 November 2026, when nothing else is announced."""
    subject = Subject.of(inputs(border=CATALOGUE), fields, NOVEMBER, side=Side.UZ)
    return suggested_texts(subject, suggested_alternatives(subject, roads_for(CATALOGUE)))


@cache
def table() -> Mapping[str, Mapping[Language, NoticeText]]:
    found = {name: suggested(fields) for name, fields in CASES.items()}
    for slug in (FEBRUARY_2025, LIGHT_TRAFFIC):
        subject = as_it_was(slug)
        found[slug] = suggested_texts(subject, suggested_alternatives(subject, roads_for(CATALOGUE)))
    return found


def written(found: Mapping[str, Mapping[Language, NoticeText]]) -> str:
    lines = []
    for name, texts in found.items():
        lines.append(name)
        for language, text in texts.items():
            lines += [f"    {language:8}{text.headline}", f"    {'':8}{text.body}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(table()), encoding="utf-8")
