"""Bringing the catalogue into the database."""

from collections.abc import Mapping

from services.core import ledger
from services.core.crossings.documents import Crossing
from services.core.crossings.prints import fingerprint
from services.core.crossings.queries import newest_versions
from services.core.crossings.tables import CrossingVersion
from services.core.work import Work


def load(work: Work, catalogue: Mapping[str, Crossing], *, actor: str = "system") -> list[CrossingVersion]:
    """Record every crossing whose document differs from its newest version; the new versions.

    Loading the same catalogue twice records nothing the second time.
    """
    known = {row.code: row for row in newest_versions(work.session)}
    added = []
    for code, document in sorted(catalogue.items()):
        before, print_ = known.get(code), fingerprint(document)
        if before is not None and before.fingerprint == print_:
            continue
        row = CrossingVersion(
            code=code,
            version=before.version + 1 if before else 1,
            recorded_at=work.now,
            fingerprint=print_,
            document=document,
        )
        work.session.add(row)
        ledger.append(
            work,
            actor=actor,
            action="crossings.record",
            subject=code,
            payload={"number": row.version, "fingerprint": ledger.row_print(row)},
        )
        added.append(row)
    return added
