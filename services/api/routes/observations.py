"""Counts, waits and "not moving", from those who see the queue."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.api.formats import json
from services.api.identity import Credentials, KeyHeader, official
from services.api.questions import checked_key
from services.core import access, observations
from services.core.observations import ObservationFields

router = APIRouter(prefix="/v1/observations", tags=["observations"])


@router.post("", status_code=201)
def report(
    request: Request,
    fields: ObservationFields,
    authorization: Credentials = None,
    idempotency_key: KeyHeader = None,
) -> Response:
    """Report what was measured: officials with their key on their own side, travellers without one."""
    key = checked_key(idempotency_key)
    with request.app.state.edge.work() as work:
        if authorization is not None:
            taken = observations.report(work, official(work, authorization), fields, idempotency_key=key)
        else:
            contributor = access.contributor(work, request.client.host if request.client else "")
            taken = observations.tell(work, contributor, fields, idempotency_key=key)
    request.app.state.keeper.refresh_if_possible()
    row = taken.observation
    shown = {
        "id": row.id,
        "received_at": json.instant(row.received_at),
        **row.document.model_dump(mode="json", exclude_defaults=True),
    }
    replayed = {"idempotent-replayed": "true"} if taken.repeated else {}
    return JSONResponse(shown, 201, {"cache-control": "no-store", **replayed})
