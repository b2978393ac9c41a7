"""Taking in what was measured."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import select
from uuid_utils.compat import uuid7

from services.core import ledger, outbox
from services.core.access import Official
from services.core.crossings import fingerprint, newest_versions
from services.core.errors import Conflict, Forbidden, Invalid
from services.core.observations.documents import ObservationFields
from services.core.observations.tables import Observation
from services.core.work import Work

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a reporter's clock may be."""


class KeyReused(Conflict):
    """An idempotency key was used before, for another observation."""


@dataclass(frozen=True, slots=True)
class Taken:
    observation: Observation
    repeated: bool = False


def report(work: Work, official: Official, fields: ObservationFields, *, idempotency_key: str) -> Taken:
    """Record an observation and have the advisories recomputed. Raises Invalid, Forbidden or KeyReused."""
    print_, source = fingerprint(fields), f"official:{official.id}"
    ledger.hold(work)
    before = work.session.exec(
        select(Observation).where(
            Observation.source == source, Observation.idempotency_key == idempotency_key
        )
    ).first()
    if before is not None:
        if before.fingerprint != print_:
            raise KeyReused("this idempotency key was used before for another observation")
        return Taken(before, repeated=True)
    _check(work, official, fields)
    row = Observation(
        id=str(uuid7()),
        crossing=fields.crossing,
        observed_at=fields.observed_at,
        received_at=work.now,
        source=source,
        idempotency_key=idempotency_key,
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
    outbox.promise(work, "advisories.recompute", {"because": "observations.report", "observation": row.id})
    return Taken(row)


def _check(work: Work, official: Official, fields: ObservationFields) -> None:
    kinds = {row.code: row.document.kind for row in newest_versions(work.session)}
    if fields.crossing not in kinds:
        raise Invalid(f"no crossing is called {fields.crossing!r}", field="crossing")
    if fields.mode.kind is not kinds[fields.crossing]:
        raise Invalid(f"this is a {kinds[fields.crossing]} crossing", field="mode")
    if fields.observed_at > work.now + CLOCK_SKEW:
        raise Invalid("nobody can have observed the future", field="observed_at")
    if fields.side != official.country:
        raise Forbidden(f"side: you speak for the {official.country} side only")
    if official.crossings and fields.crossing not in official.crossings:
        raise Forbidden(f"crossing: you speak for these crossings only: {', '.join(official.crossings)}")
