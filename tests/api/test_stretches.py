"""What is answered at an instant is the same bytes, whoever answers and whenever it was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.api.answering import FORECASTS_MOVE, LONGEST, TICK, Asking
from services.api.questions import CrossingsAsked
from services.api.shelf import FRESH_SECONDS
from services.api.views import crossings as views
from services.core import notices
from services.core.crossings import Direction, Mode, Traveller
from tests.api.service import Service
from tests.makers import ALFA, DAY, HOUR, NOON, a_closure, a_notice, an_official

LEAD = timedelta(seconds=FRESH_SECONDS)
DRIVER = Traveller(Mode.CAR, Direction.TO_KZ)
SECOND = timedelta(seconds=1)


def at(service: Service, now: datetime) -> Asking:
    return Asking(service.keeper.current, now)


@pytest.mark.parametrize("longest", [LONGEST, FORECASTS_MOVE])
def test_all_instants_of_a_slot_are_answered_alike_and_its_last_seconds_belong_to_the_next(
    standing: Service, longest: timedelta
) -> None:
    first, until = at(standing, NOON - LEAD).settled(longest)
    assert (first.now, until) == (NOON - LEAD, NOON + longest)
    for now in (NOON, NOON + longest / 2, NOON + longest - LEAD - TICK):
        assert at(standing, now).settled(longest)[0].now == first.now
        assert at(standing, now).settled(longest)[1] == until
    assert at(standing, NOON + longest - LEAD).settled(longest)[0].now == NOON + longest - LEAD


def test_no_answer_speaks_of_the_future_or_holds_for_less_than_it_may_be_repeated(standing: Service) -> None:
    for seconds in range(0, 1300, 7):
        asking = at(standing, NOON + seconds * SECOND)
        for longest in (LONGEST, FORECASTS_MOVE):
            settled, until = asking.settled(longest)
            assert settled.now <= asking.now
            assert asking.now + LEAD <= until <= asking.now + longest + LEAD


def test_a_status_changes_at_its_very_instant_and_the_answers_on_either_side_agree_among_themselves(
    service: Service,
) -> None:
    turn = datetime.now(UTC).replace(microsecond=0) + DAY
    turn += timedelta(minutes=3) - timedelta(minutes=turn.minute % 10, seconds=turn.second)
    with service.edge.work() as work:
        official, _ = an_official(work)
        closure = a_notice(a_closure(ALFA, start=turn, end=turn + SECOND))
        notices.publish(work, official, closure, idempotency_key="k")
    service.look()
    told = {}
    for now in (turn - HOUR / 60, turn - TICK, turn, turn + SECOND - TICK, turn + SECOND, turn + 2 * SECOND):
        settled, until = at(service, now).settled_for([(ALFA, DRIVER)], None)
        verdict = settled.board.status(ALFA, DRIVER, settled.now).verdict
        assert verdict is settled.board.status(ALFA, DRIVER, now).verdict
        assert settled.now <= now < until
        told[now] = (settled.now, until, str(verdict))
    assert [verdict for *_, verdict in told.values()] == [
        "open", "open", "closed", "closed", "open", "open"
    ]  # fmt: skip
    assert len(set(told.values())) == 3


def test_while_a_telling_is_overdue_what_was_said_last_is_said_and_kept_by_nobody(service: Service) -> None:
    hour = datetime.now(UTC) + HOUR
    with service.edge.work() as work:
        official, _ = an_official(work)
        fields = a_notice(a_closure(ALFA, start=hour), publish_from=hour)
        notices.publish(work, official, fields, idempotency_key="k")
    service.look()
    last, until = at(service, hour - TICK).settled(LONGEST)
    for late in (timedelta(0), SECOND, HOUR):
        overdue = at(service, hour + late)
        assert (overdue.settled(LONGEST)[0].now, overdue.settled(LONGEST)[1]) == (last.now, until)
        assert overdue.within(LONGEST) == hour + late
    assert until == hour


def test_the_same_question_is_the_same_bytes_in_two_processes_that_were_asked_at_different_moments(
    database_url: str, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Service.on(database_url, tmp_path_factory.mktemp("other"))
    paths = ("/v1/crossings", f"/v1/crossings/{ALFA}", "/v1/notices", "/v1/advisories")

    def bodies(asked: Service) -> list[bytes]:
        return [asked.get(path).content for path in paths]

    service.eventually(lambda: bodies(service) == bodies(other))
    mine = Asking(service.keeper.current, NOON + SECOND)
    theirs = Asking(other.keeper.current, NOON + 5 * 60 * SECOND)
    for asking in (mine, theirs):
        assert asking.settled(LONGEST)[0].now == NOON - LEAD
    asked = CrossingsAsked()
    shown = [
        [views.shown(views.settled(asking, asked, [code])[0], asked, code) for code in asking.board.catalogue]
        for asking in (mine, theirs)
    ]
    assert shown[0] == shown[1] != []
    other.close()
