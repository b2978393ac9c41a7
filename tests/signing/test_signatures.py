"""What is signed of a notice: by its author's device over what they state, by the service over all."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.core import crossings, ledger, notices, signing
from services.core.access import Official, passkeys
from services.core.errors import Invalid
from services.core.notices import Audit, Line, Signatures, Withheld
from services.core.notices.actions import store
from services.core.spans import DISTANT_FUTURE
from services.core.work import Edge, Work
from tests.authenticator import Authenticator
from tests.makers import DAY, HOUR, NOON, a_border, a_notice, an_official
from tests.signing.devices import HERE, a_revision, asserted, enrolled, published_by_device, stated


@pytest.fixture(autouse=True)
def border(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())


@pytest.fixture
def aziza(work: Work) -> Official:
    return an_official(work)[0].official


def shown(work: Work, at: datetime = DISTANT_FUTURE) -> list[Line | Withheld]:
    return list(notices.log(work.session, now=at))


def faults(work: Work) -> list[str]:
    return Audit().log(shown(work)).faults


def signed(work: Work) -> notices.SignedNotice:
    """The only notice there is."""
    (notice_id,) = {row.notice_id for row in notices.revisions(work.session)}
    found = notices.signed_notice(work.session, notice_id, now=DISTANT_FUTURE)
    assert found is not None
    return found


def plain(value: Any) -> bytes:
    """The canonical form by another hand; enough where all names are ASCII and no number has a fraction."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_anybody_can_check_a_signature_without_a_line_of_ours(work: Work, aziza: Official) -> None:
    published_by_device(work, aziza, enrolled(work, aziza), a_notice(headline="Ғ\U0001f697"))
    given = json.loads(json.dumps(notices.as_json(signed(work))))
    (entry,) = given["revisions"]
    (key,) = [key for key in given["keys"]["keys"] if key["kid"] == entry["signed"]["key"]]
    public = Ed25519PublicKey.from_public_bytes(unpadded(key["x"]))
    public.verify(unpadded(entry["signed"]["value"]), plain(entry["signed"]["content"]))
    content = entry["signed"]["content"]
    client_data = json.loads(unpadded(content["assertion"]["client_data"]))
    assert unpadded(client_data["challenge"]) == sha256(plain(content["statement"])).digest()
    hashed = {name: entry[name] for name in entry if name not in ("hash", "record", "signed")}
    assert sha256(plain(hashed)).hexdigest() == entry["hash"] == content["ledger"]["hash"]
    assert sha256(plain(entry["record"])).hexdigest() == entry["payload"]["fingerprint"]


def test_whoever_has_no_device_is_signed_for_by_the_service_alone(work: Work) -> None:
    official, _ = an_official(work)
    first = notices.publish(work, official, a_notice(), idempotency_key="1").revision
    notices.withdraw(work, official, first.notice_id, expected=1, idempotency_key="2", reason="A mistake")
    found = Audit().notice(signed(work))
    assert (found.faults, found.signed, found.by_device) == ([], 2, 0)


def test_history_is_signed_too(work: Work) -> None:
    told = notices.load_history(work)
    found = Audit().log(shown(work))
    assert (found.faults, found.signed, found.unsigned) == ([], len(told), 0)


def test_what_an_author_signs_can_be_known_beforehand(work: Work, aziza: Official) -> None:
    row = a_revision(work, f"official:{aziza.id}", a_notice())
    said = stated(row, "nonce").model_dump()
    assert said == {
        "format": "otkel-statement/1",
        "notice": row.notice_id,
        "revision": 1,
        "kind": "published",
        "author": f"official:{aziza.id}",
        "document": row.document.model_dump(mode="json", exclude_defaults=True),
        "reason": None,
        "nonce": "nonce",
    }


def test_another_text_nonce_or_device_is_refused_when_it_is_announced(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    row = a_revision(work, f"official:{aziza.id}", a_notice())
    right = asserted(work, aziza, device, stated(row, "nonce").challenge)
    other = asserted(work, aziza, device, stated(row, "another").challenge)
    head = ledger.head(work.session)
    attempt = work.session.begin_nested()
    with pytest.raises(Invalid, match="signed something else"):
        store(work, row, Signatures("nonce", other))
    attempt.rollback()
    assert ledger.head(work.session) == head
    again = a_revision(work, f"official:{aziza.id}", a_notice())
    again.notice_id = row.notice_id
    store(work, again, Signatures("nonce", right))
    assert faults(work) == []


def _as_stored(work: Work) -> notices.NoticeSignature:
    (row,) = notices.revisions(work.session)
    stored = work.session.get(notices.NoticeSignature, (row.notice_id, 1))
    assert stored is not None
    return stored


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("signature", "the device's signature"),
        ("client_data", "the device's signature"),
        ("authenticator_data", "another site"),
        ("public_key", "the device's signature"),
        ("credential_id", "was not its author's"),
    ],
)
def test_every_part_of_a_devices_signature_counts(
    work: Work, aziza: Official, field: str, words: str
) -> None:
    published_by_device(work, aziza, enrolled(work, aziza), a_notice())
    stored = _as_stored(work)
    assert stored.assertion is not None
    spoilt = bytearray(signing.decoded(getattr(stored.assertion, field)))
    spoilt[3] ^= 1
    stored.assertion = stored.assertion.model_copy(update={field: signing.encoded(bytes(spoilt))})
    work.session.flush()
    found = faults(work)
    assert any("the service's signature is false" in fault for fault in found)
    assert any(words in fault for fault in found), found


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Authenticator(verifies=False), "did not verify its owner"),
        (Authenticator(host="elsewhere.example"), "signed for another site"),
    ],
)
def test_a_device_must_verify_its_owner_for_the_very_site(device: Authenticator, words: str) -> None:
    challenge = bytes(32)
    answer = device.get({"challenge": signing.encoded(challenge)})["response"]
    numbers = device.create({"challenge": ""})
    assert numbers["id"] == signing.encoded(device.id)
    found = signing.DeviceSignature(
        credential_id=signing.encoded(device.id),
        public_key="",
        authenticator_data=answer["authenticatorData"],
        client_data=answer["clientDataJSON"],
        signature=answer["signature"],
    )
    assert words in (found.fault(challenge) or "")


def test_a_device_that_was_revoked_or_is_anothers_does_not_sign_for_its_author(
    work: Work, aziza: Official
) -> None:
    device = enrolled(work, aziza)
    bolat = an_official(work, "Bolat")[0].official
    published_by_device(work, bolat, enrolled(work, bolat), a_notice())
    assert faults(work) == []
    row, nonce = a_revision(work, f"official:{bolat.id}", a_notice()), notices.new_nonce()
    by_another = asserted(work, aziza, device, stated(row, nonce).challenge)
    store(work, row, Signatures(nonce, by_another))
    (fault,) = faults(work)
    assert "the device that signed it was not its author's by then" in fault
    row, nonce = a_revision(work, f"official:{aziza.id}", a_notice()), notices.new_nonce()
    late = asserted(work, aziza, device, stated(row, nonce).challenge)
    passkeys.revoke(work, aziza, signing.encoded(device.id))
    store(work, row, Signatures(nonce, late))
    assert len(faults(work)) == 2
    assert HERE.host == device.host


def test_what_is_announced_for_later_is_withheld_until_then_and_genuine_after(edge: Edge) -> None:
    fields = a_notice(publish_from=NOON + DAY)
    with edge.work(now=NOON) as work:
        official, _ = an_official(work)
        notice_id = notices.publish(work, official, fields, idempotency_key="1").revision.notice_id
        notices.publish(work, official, a_notice(headline="Now"), idempotency_key="2")
    with edge.reading() as session:
        before = list(notices.log(session, now=NOON + HOUR))
        after = list(notices.log(session, now=NOON + DAY))
        assert notices.signed_notice(session, notice_id, now=NOON + HOUR) is None
        assert notices.signed_notice(session, notice_id, now=NOON + DAY) is not None
    (hidden,) = [line for line in before if isinstance(line, Withheld)]
    assert hidden.withheld_until == ledger.written(NOON + DAY)
    assert "Closed for repairs" not in repr([line for line in before if isinstance(line, Withheld)])
    assert notice_id not in repr(before)
    found = Audit().log(before, noted=(after[-1].seq, after[-1].hash))
    assert (found.faults, found.withheld) == ([], [hidden])
    assert Audit().log(after).faults == []


def test_nobody_can_have_an_entry_withheld_by_changing_it(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        official, _ = an_official(work)
        row = notices.publish(work, official, a_notice(), idempotency_key="1").revision
    with edge.work() as work:
        stored = work.session.get(notices.NoticeRevision, (row.notice_id, 1))
        assert stored is not None
        stored.published_at = datetime(2090, 1, 1, tzinfo=UTC)
        work.session.flush()
        lines = list(notices.log(work.session, now=datetime.now(UTC)))
        assert not any(isinstance(line, Withheld) for line in lines)
        assert Audit().log(lines).faults != []


def test_what_was_announced_before_there_was_a_key_is_counted_and_later_silence_is_a_fault(
    work: Work, aziza: Official
) -> None:
    published_by_device(work, aziza, enrolled(work, aziza), a_notice())
    lines = shown(work)
    unsigned = [
        line.model_copy(update={"signed": None}) if isinstance(line, Line) and line.signed else line
        for line in lines
    ]
    assert any("is not signed" in fault for fault in Audit().log(unsigned).faults)
    early = [line for line in unsigned if isinstance(line, Line) and line.action != signing.PUBLISH]
    renumbered, previous = [], ledger.GENESIS
    for seq, line in enumerate(early, start=1):
        moved = line.model_copy(update={"seq": seq, "previous": previous})
        renumbered.append(moved.model_copy(update={"hash": moved.digest}))
        previous = moved.digest
    found = Audit().log(renumbered)
    assert (found.faults, found.signed, found.unsigned) == ([], 0, 1)
