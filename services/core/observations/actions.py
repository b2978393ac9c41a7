"""Taking in what was measured."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from uuid_utils.compat import uuid7

from services.core import ledger, outbox
from services.core.access import Actor, Right
from services.core.crossings import Mode, fingerprint, newest_version
from services.core.errors import Conflict, Forbidden, Invalid, TooMany
from services.core.observations.documents import BOOKINGS, Kind, ObservationFields
from services.core.observations.queries import of_source, told_since
from services.core.observations.tables import Observation
from services.core.work import Work

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a reporter's clock may be."""

TRAVELLERS_SEE = (Kind.WAIT, Kind.COUNT, Kind.LENGTH, Kind.NOT_MOVING, Kind.MOVING)
TRAVELLERS_REMEMBER = timedelta(days=1)
MOST_OF_ONE_TRAVELLER, MOST_OF_TRAVELLERS = 6, 600
"""Reports in an hour, of one contributor and of all together: with more, officials would wait too long."""


class KeyReused(Conflict):
    """An idempotency key was used before, for another observation."""


@dataclass(frozen=True, slots=True)
class Taken:
    observation: Observation
    repeated: bool = False


def report(work: Work, actor: Actor, fields: ObservationFields, *, idempotency_key: str) -> Taken:
    """Record what an official observed and have the advisories recomputed. Raises Invalid, Forbidden or
    KeyReused."""
    actor.needs(Right.REPORT)
    return _take(work, actor.name, fields, idempotency_key, lambda: _speaks(actor, fields))


def tell(work: Work, contributor: str, fields: ObservationFields, *, idempotency_key: str) -> Taken:
    """The same for a traveller, known only as `contributor`. Raises Invalid, TooMany or KeyReused."""
    source = f"traveller:{contributor}"
    return _take(work, source, fields, idempotency_key, lambda: _may_tell(work, source, fields))


def _take(work: Work, source: str, fields: ObservationFields, key: str, check: Callable[[], None]) -> Taken:
    print_ = fingerprint(fields)
    ledger.hold(work)
    before = of_source(work.session, source, key)
    if before is not None:
        if before.fingerprint != print_:
            raise KeyReused("this idempotency key was used before for another observation")
        return Taken(before, repeated=True)
    _can_be(work, fields)
    check()
    row = Observation(
        id=str(uuid7()),
        crossing=fields.crossing,
        observed_at=fields.observed_at,
        received_at=work.now,
        source=source,
        idempotency_key=key,
        fingerprint=print_,
        document=fields,
    )
    work.session.add(row)
    work.session.flush()
    ledger.append(
        work,
        actor=source,
        action="observations.report",
        subject=row.id,
        payload={"number": 1, "crossing": fields.crossing, "fingerprint": ledger.row_print(row)},
    )
    outbox.promise(
        work, "advisories.recompute", {"because": "observations.report", "crossings": [fields.crossing]}
    )
    return Taken(row)


def _can_be(work: Work, fields: ObservationFields) -> None:
    version = newest_version(work.session, fields.crossing)
    if version is None:
        raise Invalid(f"no crossing is called {fields.crossing!r}", field="crossing")
    if fields.mode.kind is not version.document.kind:
        raise Invalid(f"this is a {version.document.kind} crossing", field="mode")
    if fields.observed_at > work.now + CLOCK_SKEW:
        raise Invalid("nobody can have observed the future", field="observed_at")


def _speaks(actor: Actor, fields: ObservationFields) -> None:
    official = actor.official
    if fields.kind in BOOKINGS and fields.mode is not Mode.TRUCK:
        raise Invalid("only trucks book a turn and wait for it elsewhere", field="mode")
    if fields.side != official.country:
        raise Forbidden(f"side: you speak for the {official.country} side only")
    if official.crossings and fields.crossing not in official.crossings:
        raise Forbidden(f"crossing: you speak for these crossings only: {', '.join(official.crossings)}")


def _may_tell(work: Work, source: str, fields: ObservationFields) -> None:
    if fields.kind not in TRAVELLERS_SEE:
        raise Invalid("only officials count this; tell a wait, a queue, or whether it moves", field="kind")
    if fields.lineage is not None:
        raise Invalid("only a stream of figures has a lineage", field="lineage")
    if fields.observed_at < work.now - TRAVELLERS_REMEMBER:
        raise Invalid("is more than a day ago", field="observed_at")
    hour_ago = work.now - timedelta(hours=1)
    if told_since(work.session, hour_ago, source) >= MOST_OF_ONE_TRAVELLER:
        raise TooMany(f"{MOST_OF_ONE_TRAVELLER} reports within an hour are enough; thank you")
    if told_since(work.session, hour_ago, "traveller:") >= MOST_OF_TRAVELLERS:
        raise TooMany("too many travellers report at once; try again later")
