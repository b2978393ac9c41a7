"""`otkel ask` where the two sides contradict each other."""

from __future__ import annotations

from pathlib import Path

from services.core import crossings, notices
from services.core.crossings import Side
from services.core.notices import Effect, End, Selector, What, Window
from services.core.work import Edge
from tests.cli.command import run, well
from tests.keys import FOLDER, KEYS
from tests.makers import ALFA, BRAVO, DAY, HOUR, LATE, NOON, a_border, a_closure, a_notice, an_official

AT_NOON = ["--mode", "car", "--direction", "to-kz", "--at", NOON.isoformat()]


def effect(what: What, **more: object) -> Effect:
    window = Window(start=NOON - HOUR, end=NOON + DAY, end_is=End.KNOWN)
    return Effect.model_validate(
        {"what": what, "selector": Selector(crossings=(BRAVO,)), "window": window, **more}
    )


def test_asking_tells_what_each_side_says(sqlite_template: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'otkel.db'}"
    (tmp_path / "otkel.db").write_bytes(sqlite_template.read_bytes())
    said = {
        Side.UZ: (a_closure(ALFA, start=NOON - DAY), effect(What.HOURS, hours="24/7")),
        Side.KZ: (
            a_closure(ALFA, start=NOON - DAY, end=NOON - HOUR, end_is=End.ANNOUNCED),
            effect(What.HOURS, hours="08:00-20:00"),
        ),
    }
    edge = Edge.to(url, keys=KEYS)
    with edge.work() as work:
        crossings.load(work, a_border())
        for side, effects in said.items():
            official, _ = an_official(work, side, side)
            fields = a_notice(*effects, headline=f"The {side} side speaks", authority=f"Customs {side}")
            notices.publish(work, official, fields, idempotency_key="1", emergency=LATE)
    edge.close()
    env = {"OTKEL_DATABASE_URL": url, "OTKEL_DATA_DIR": str(tmp_path), "OTKEL_KEYS_DIR": str(FOLDER)}
    lines = well(run(env, "ask", *AT_NOON)).splitlines()
    told = [line.strip() for line in lines if "sides say" in line or "side speaks (" in line]
    assert told == [
        "the two sides say different things about its hours:",
        "UZ: The uz side speaks (Customs uz): 24/7 since 2026-03-10 11:00 (UTC+5), "
        "until 2026-03-11 12:00 (UTC+5)",
        "KZ: The kz side speaks (Customs kz): 08:00-20:00 since 2026-03-10 11:00 (UTC+5), "
        "until 2026-03-11 12:00 (UTC+5)",
        "the two sides say different things about how long it stays shut:",
        "UZ: The uz side speaks (Customs uz): closed since 2026-03-09 12:00 (UTC+5), no end given",
        "KZ: The kz side speaks (Customs kz): closed since 2026-03-09 12:00 (UTC+5), "
        "announced until 2026-03-10 11:00 (UTC+5), which has passed",
    ]
