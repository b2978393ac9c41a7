from collections.abc import Iterator

import pytest

from services.core import alternatives, board, crossings, outbox
from services.core.alternatives import Ranking, RoadTime, Way
from services.core.crossings import Direction, Mode, Traveller
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.fulfilment import fulfil
from services.worker.sources.osrm import MOST_POINTS
from tests.makers import ALFA, NOON, a_border
from tests.processes import free_port
from tests.worker.osrm_server import OsrmServer, Table, osrm_server

DRIVER = Traveller(mode=Mode.CAR, direction=Direction.TO_KZ, citizenship="UZ")


@pytest.fixture
def server() -> Iterator[OsrmServer]:
    with osrm_server() as server:
        yield server


@pytest.fixture
def asking(settings: Settings, server: OsrmServer) -> Settings:
    return settings.model_copy(update={"osrm_url": server.url})


def ask(edge: Edge, settings: Settings) -> bool:
    """Whether the promise to ask for road times was kept."""
    with edge.work() as work:
        outbox.promise(work, "roads.ask")
        row = outbox.pending(work.session, "roads.ask")[-1]
    assert row.id is not None
    return fulfil(edge, settings, row.id, by="worker")


def times(edge: Edge) -> dict[tuple[str, str], tuple[float, float]]:
    with edge.reading() as session:
        found = alternatives.road_times(session)
    return {pair: (leg.minutes, leg.km) for pair, leg in found.items()}


def ranked(edge: Edge) -> Ranking:
    """Where else a driver from Samarkand may go, by the roads that the records give."""
    with edge.reading() as session:
        inputs, legs = board.read_inputs(session), alternatives.road_times(session)
    compiled = board.compile_board(inputs, NOON)
    roads = alternatives.roads_for(compiled.catalogue, legs)
    return alternatives.alternatives(compiled, roads, DRIVER, NOON, Way(instead_of=ALFA, origin="samarkand"))


def test_an_answer_gives_the_drive_from_every_town_to_every_post_of_its_state(
    stocked: Edge, asking: Settings, server: OsrmServer
) -> None:
    assert ask(stocked, asking)
    gazetteer = alternatives.roads_for(a_border()).gazetteer
    found = times(stocked)
    posts = {post.code: post.country for post in gazetteer.posts()}
    towns = {place.code: place.country for place in gazetteer.places.values() if place.code not in posts}
    assert found.keys() == {
        (town, post) for town, state in towns.items() for post, other in posts.items() if state is other
    }
    assert server.asked == 2  # one table for each state
    assert all(minutes == pytest.approx(km) for minutes, km in found.values())


def test_the_times_of_an_answer_are_those_that_alternatives_are_ranked_by(
    stocked: Edge, asking: Settings, server: OsrmServer
) -> None:
    def crawling(table: Table) -> Table:
        return table | {"durations": [[100 * one for one in row] for row in table["durations"]]}

    before = {one.code: one.road_minutes for one in ranked(stocked).items}
    server.change = crawling
    assert ask(stocked, asking)
    after = {one.code: one.road_minutes for one in ranked(stocked).items}
    assert after.keys() == before.keys()
    assert all(after[code] > 5 * before[code] for code in after)


def test_without_an_answer_the_old_times_stay(stocked: Edge, asking: Settings, server: OsrmServer) -> None:
    assert ask(stocked, asking)
    before, ranking = times(stocked), ranked(stocked)
    server.status = 500
    assert not ask(stocked, asking)
    assert not ask(stocked, asking.model_copy(update={"osrm_url": f"http://127.0.0.1:{free_port()}"}))
    assert (times(stocked), ranked(stocked)) == (before, ranking)


def test_half_an_answer_is_none(stocked: Edge, asking: Settings, server: OsrmServer) -> None:
    """The table of the first state is good and the second is not."""
    server.change = lambda table: table if server.asked == 1 else {"code": "NoTable"}
    assert not ask(stocked, asking)
    assert times(stocked) == {}


def test_where_the_server_knows_no_road_the_old_time_stays(
    stocked: Edge, asking: Settings, server: OsrmServer
) -> None:
    assert ask(stocked, asking)
    before = times(stocked)

    def quicker_but_for_the_first_town(table: Table) -> Table:
        rows = len(table["durations"])
        table["durations"] = [
            [None if row == 0 else one / 2 for one in table["durations"][row]] for row in range(rows)
        ]
        return table

    server.change = quicker_but_for_the_first_town
    assert ask(stocked, asking)
    after = times(stocked)
    kept = {pair for pair in before if after[pair] == before[pair] and before[pair][0] > 0}
    assert {town for town, _ in kept} == {"tashkent", "zhibek-zholy"}  # the first of each state
    assert all(after[pair][0] == pytest.approx(before[pair][0] / 2) for pair in before if pair not in kept)


def test_without_any_server_alternatives_are_ranked_by_our_own_roads(
    stocked: Edge, settings: Settings
) -> None:
    assert not ask(stocked, settings)
    assert times(stocked) == {}
    assert [one.code for one in ranked(stocked).items]
    assert all(one.road_minutes > 0 for one in ranked(stocked).items)


def test_the_whole_catalogue_fits_into_one_table_for_each_state() -> None:
    places = alternatives.roads_for(crossings.catalogue()).gazetteer.places.values()
    for side in crossings.Side:
        assert sum(place.country is side for place in places) <= MOST_POINTS


def test_a_time_between_places_that_are_gone_is_left_out(
    stocked: Edge, asking: Settings, server: OsrmServer
) -> None:
    with stocked.work() as work:
        work.session.add(RoadTime(origin="atlantis", destination="thule", minutes=1, km=1, asked_at=work.now))
    assert [one.code for one in ranked(stocked).items]
