"""The service's keys: made once, two live at a time, believed for ever."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.core import crossings, ledger, notices, signing
from services.core.notices import Audit
from services.core.signing import Keyring, NoKey, SigningKey
from services.core.signing.rules import raw
from services.core.spans import DISTANT_FUTURE
from services.core.work import Edge
from tests.keys import forget_keys
from tests.makers import DAY, HOUR, NOON, a_border, a_notice, an_official


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


@pytest.fixture
def own(edge: Edge, keyring: Keyring) -> Edge:
    """A database that knows no key yet, and a folder that has none."""
    with edge.work(now=NOON) as work:
        forget_keys(work)
        crossings.load(work, a_border())
    return Edge(edge.writer, edge.reader, keyring)


def prepared(edge: Edge, keyring: Keyring) -> str | None:
    with edge.work(now=NOON) as work:
        return signing.prepare(work, keyring)


def rotated(edge: Edge, keyring: Keyring, hours: int = 1) -> tuple[str, list[str]]:
    with edge.work(now=NOON + hours * HOUR) as work:
        new, retired = signing.rotate(work, keyring)
    for key in retired:
        keyring.destroy(key)
    return new, list(retired)


def announced(edge: Edge, name: str, hours: int = 0) -> str:
    """The id of the key that signed."""
    with edge.work(now=NOON + hours * HOUR) as work:
        official, _ = an_official(work, name)
        row = notices.publish(work, official, a_notice(), idempotency_key=name).revision
        stored = work.session.get(notices.NoticeSignature, (row.notice_id, 1))
    assert stored is not None
    return stored.key


def faults(edge: Edge, pinned: signing.KeySet | None = None) -> list[str]:
    with edge.reading() as session:
        assert signing.first_forged(session) is None
        return Audit(pinned).log(notices.log(session, now=DISTANT_FUTURE)).faults


def pinned(edge: Edge) -> signing.KeySet:
    with edge.reading() as session:
        return signing.key_set(signing.keys(session))


def test_the_first_key_is_made_once_and_nobody_else_can_read_it(own: Edge, keyring: Keyring) -> None:
    key = prepared(own, keyring)
    assert key is not None
    assert prepared(own, keyring) is None
    assert keyring.ids() == [key] == [row.kid for row in pinned(own).keys]
    (file,) = keyring.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700


def test_a_key_that_lies_in_the_folder_is_taken_before_one_is_made(own: Edge, keyring: Keyring) -> None:
    given = keyring.keep(Ed25519PrivateKey.generate())
    assert prepared(own, keyring) == given
    assert announced(own, "Aziza") == given


def test_the_newest_key_signs_two_are_live_and_the_older_are_retired(own: Edge, keyring: Keyring) -> None:
    first = prepared(own, keyring)
    second, none = rotated(own, keyring)
    third, retired = rotated(own, keyring, 2)
    assert (none, retired) == ([], [first])
    with own.reading() as session:
        assert [row.id for row in signing.live(session)] == [third, second]
        actions = [(entry.action, entry.subject) for entry in ledger.entries(session)]
    assert [one for one in actions if one[0].startswith("signing.")] == [
        ("signing.publish_key", first),
        ("signing.publish_key", second),
        ("signing.publish_key", third),
        ("signing.retire_key", first),
    ]
    assert sorted(keyring.ids()) == sorted([second, third])


def test_what_was_signed_before_rotations_stays_genuine_after_them(own: Edge, keyring: Keyring) -> None:
    first = prepared(own, keyring)
    kept = pinned(own)
    signers = [announced(own, "at first")]
    for hours in (1, 2, 3):
        rotated(own, keyring, hours)
        signers.append(announced(own, f"after {hours}", hours))
    assert signers[0] == first
    assert len(set(signers)) == 4
    assert faults(own) == []
    assert faults(own, kept) == []
    assert faults(own, pinned(own)) == []


def test_another_process_signs_with_a_new_key_without_starting_anew(own: Edge, keyring: Keyring) -> None:
    prepared(own, keyring)
    other = Edge(own.writer, own.reader, Keyring(keyring.folder))
    announced(other, "before")
    new, _ = rotated(own, keyring)
    assert announced(other, "after", 1) == new


def test_a_machine_that_lacks_the_newest_key_signs_with_the_one_before(
    own: Edge, keyring: Keyring, tmp_path: Path
) -> None:
    first = prepared(own, keyring)
    assert first is not None
    elsewhere = Keyring(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    (elsewhere.folder / f"{first}.pem").write_bytes((keyring.folder / f"{first}.pem").read_bytes())
    rotated(own, keyring)
    assert announced(Edge(own.writer, own.reader, elsewhere), "Bolat", 1) == first
    assert faults(own) == []


def test_without_any_live_key_at_hand_nothing_is_announced_and_nothing_written(
    own: Edge, keyring: Keyring
) -> None:
    first = prepared(own, keyring)
    assert first is not None
    announced(own, "Aziza")
    keyring.destroy(first)
    assert prepared(own, keyring) is None  # another in its place is somebody's decision
    with own.work(now=NOON) as work:
        official, _ = an_official(work, "Bolat")
        before = ledger.head(work.session)
        with pytest.raises(NoKey, match="otkel signing new"):
            notices.publish(work, official, a_notice(), idempotency_key="x")
        assert ledger.head(work.session) == before
        assert not any(isinstance(one, notices.NoticeRevision) for one in work.session.new)


def test_a_process_that_was_given_no_keys_says_so(own: Edge) -> None:
    with Edge(own.writer, own.reader).work(now=NOON) as work:
        official, _ = an_official(work)
        with pytest.raises(NoKey, match="no keys to sign with"):
            notices.publish(work, official, a_notice(), idempotency_key="x")


def test_when_a_file_is_lost_a_new_key_takes_over_but_must_be_pinned_anew(
    own: Edge, keyring: Keyring
) -> None:
    first = prepared(own, keyring)
    assert first is not None
    announced(own, "before")
    kept = pinned(own)
    keyring.destroy(first)
    new, _ = rotated(own, keyring)
    assert announced(own, "after", 1) == new
    assert faults(own) == []
    assert any("neither pinned nor vouched for" in fault for fault in faults(own, kept))
    assert faults(own, pinned(own)) == []


def test_a_log_that_never_published_a_pinned_key_is_another_service(own: Edge, keyring: Keyring) -> None:
    prepared(own, keyring)
    announced(own, "Aziza", 24)
    stranger = Keyring(keyring.folder.with_name("strangers"))
    public = stranger.public(stranger.make())
    kept = signing.key_set([SigningKey(id=signing.key_id(public), public=public, published_at=NOON - DAY)])
    assert any("was never published in this log" in fault for fault in faults(own, kept))


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\xfe"])
def test_a_file_that_is_no_key_is_named(own: Edge, keyring: Keyring, content: bytes) -> None:
    first = prepared(own, keyring)
    assert first is not None
    (keyring.folder / f"{first}.pem").write_bytes(content)
    with own.reading() as session, pytest.raises(NoKey, match=rf"{first}\.pem is not the key"):
        signing.signing_key(session, Keyring(keyring.folder))


def test_a_key_under_anothers_name_or_of_another_kind_is_refused(own: Edge, keyring: Keyring) -> None:
    first = prepared(own, keyring)
    file = keyring.folder / f"{first}.pem"
    for private in (Ed25519PrivateKey.generate(), generate_private_key(65537, 2048)):
        file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with own.reading() as session, pytest.raises(NoKey, match="is not the key"):
            signing.signing_key(session, Keyring(keyring.folder))


def test_a_folder_that_cannot_be_written_says_which(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoKey, match=str(tmp_path / "file")):
        Keyring(tmp_path / "file" / "keys").make()


def test_the_id_is_the_thumbprint_of_rfc_8037() -> None:
    """The example of its appendix A.3."""
    public = signing.decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert signing.key_id(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_signature_is_that_of_rfc_8037() -> None:
    """The private key of its appendix A.1 gives the public one of A.2."""
    private = Ed25519PrivateKey.from_private_bytes(
        signing.decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    )
    assert raw(private.public_key()) == signing.decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")


@pytest.mark.parametrize("text", ["a", "aa=", "a+b/", "AB", "a b", "ä", "YQ=="])
def test_what_is_no_plain_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|ascii"):
        signing.decoded(text)
