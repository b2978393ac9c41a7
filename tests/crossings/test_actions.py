"""The catalogue in the database: versions are added, none is ever changed."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from services.core import crossings, ledger
from services.core.crossings import CrossingVersion
from services.core.crossings.documents import Remark
from services.core.work import Edge, Work
from tests.makers import ALFA, BRAVO, DAY, NOON, SAID, a_border, a_crossing


def versions(work: Work, code: str) -> list[CrossingVersion]:
    chosen = select(CrossingVersion).where(CrossingVersion.code == code)
    return sorted(work.session.exec(chosen), key=lambda row: row.version)


def test_loading_records_every_crossing_once_with_its_entry_in_the_ledger(work: Work) -> None:
    first = ledger.head(work.session)[0]
    added = crossings.load(work, a_border(), actor="official:a")
    assert [(row.code, row.version) for row in added] == [(code, 1) for code in a_border()]
    assert [row.recorded_at for row in added] == [NOON] * len(added)
    entries = list(ledger.entries(work.session, after=first))
    assert [(entry.action, entry.actor, entry.subject) for entry in entries] == [
        ("crossings.record", "official:a", code) for code in a_border()
    ]


def test_loading_twice_changes_nothing(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        crossings.load(work, crossings.catalogue())
        head = ledger.head(work.session)
    with edge.work(now=NOON + DAY) as work:
        assert crossings.load(work, crossings.catalogue()) == []
        assert ledger.head(work.session) == head


def test_the_real_catalogue_comes_back_word_for_word(edge: Edge) -> None:
    with edge.work() as work:
        crossings.load(work, crossings.catalogue())
    with edge.reading() as session:
        rows = crossings.newest_versions(session)
        assert {row.code: row.document for row in rows} == crossings.catalogue()
        assert [row.code for row in rows] == sorted(crossings.catalogue())
        assert crossings.known_codes(session) == crossings.catalogue().keys()
        assert crossings.first_forged(session) is None


def test_an_amended_document_is_a_new_version_and_the_old_one_stays_readable(edge: Edge) -> None:
    before, after = a_crossing(ALFA), a_crossing(ALFA, hours="08:00-20:00")
    border = {ALFA: before, BRAVO: a_crossing(BRAVO)}
    with edge.work(now=NOON) as work:
        crossings.load(work, border)
    with edge.work(now=NOON + DAY) as work:
        assert [row.code for row in crossings.load(work, {**border, ALFA: after})] == [ALFA]
    with edge.work() as work:
        first, second = versions(work, ALFA)
        assert [(row.version, row.recorded_at, row.document) for row in (first, second)] == [
            (1, NOON, before),
            (2, NOON + DAY, after),
        ]
        assert [(row.code, row.version) for row in crossings.newest_versions(work.session)] == [
            (ALFA, 2),
            (BRAVO, 1),
        ]
        assert crossings.first_forged(work.session) is None


def test_what_was_amended_and_taken_back_is_a_third_version(work: Work) -> None:
    before, after = a_crossing(ALFA), a_crossing(ALFA, hours="08:00-20:00")
    for document in (before, after, before):
        crossings.load(work, {ALFA: document})
    assert [row.document for row in versions(work, ALFA)] == [before, after, before]


def test_a_crossing_that_the_files_no_longer_name_stays(work: Work) -> None:
    crossings.load(work, a_border())
    assert crossings.load(work, {ALFA: a_border()[ALFA]}) == []
    assert crossings.known_codes(work.session) == a_border().keys()


def test_every_statement_counts_for_the_fingerprint(work: Work) -> None:
    plain = a_crossing(ALFA)
    remark = Remark(about="status", text="Quiet", **SAID)
    changed = (
        plain,
        plain.model_copy(update={"remarks": (remark,)}),
        plain.model_copy(update={"opened": date(2020, 1, 2)}),
        plain.model_copy(update={"cluster": "other"}),
    )
    assert len({crossings.fingerprint(one) for one in changed}) == len(changed)
    assert crossings.fingerprint(plain) == crossings.fingerprint(a_crossing(ALFA))


def test_a_changed_lost_or_invented_version_is_found(work: Work) -> None:
    crossings.load(work, a_border())
    row = versions(work, ALFA)[0]
    work.session.delete(row)
    work.session.flush()
    assert crossings.first_forged(work.session) == f"{ALFA} (number 1) is in the ledger and nowhere else"
    forged = CrossingVersion(
        code=ALFA, version=2, recorded_at=NOON, fingerprint="", document=a_crossing(ALFA)
    )
    work.session.add(forged)
    work.session.flush()
    assert crossings.first_forged(work.session) == f"{ALFA} (number 2) is not in the ledger"
