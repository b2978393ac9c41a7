from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from services.core import access, ledger
from services.core.access import (
    Actor,
    Change,
    Invite,
    Method,
    NewKey,
    Right,
    Role,
    invitations,
    proposals,
    sessions,
)
from services.core.access.proposals import ASKED
from services.core.crossings import Side
from services.core.errors import Conflict, Forbidden, Invalid, NotFound, Unidentified
from services.core.work import Edge, Work
from tests.makers import ALFA, DAY, NOON, an_official

GULNORA = Invite(
    name="Gulnora", authority="Customs", country=Side.UZ, crossings=(ALFA,), roles=(Role.AUTHOR,)
)


@pytest.fixture
def work(edge: Edge) -> Iterator[Work]:
    with edge.work(now=NOON) as work:
        yield work


def administrator(work: Work, name: str, country: Side = Side.UZ, method: Method = Method.PASSKEY) -> Actor:
    official = access.add_official(
        work, name=name, authority="Customs", country=country, roles=[Role.ADMINISTRATOR]
    )
    return Actor.in_person(official, method)


@pytest.fixture
def first(work: Work) -> Actor:
    return administrator(work, "First")


@pytest.fixture
def second(work: Work) -> Actor:
    return administrator(work, "Second")


def test_whoever_is_invited_comes_in_when_a_second_administrator_grants_it(
    work: Work, first: Actor, second: Actor
) -> None:
    proposal = proposals.propose(work, first, GULNORA)
    assert proposals.pending(work, "uz") == [proposal]
    with pytest.raises(NotFound):
        access.named(work, "Gulnora")
    proposals.decide(work, second, proposal.id, grant=True)
    token = proposals.redeem(work, first, proposal.id)
    assert isinstance(token, str)
    official = invitations.use(work, token)
    assert (official.name, official.crossings, official.roles) == ("Gulnora", [ALFA], ["author"])
    with pytest.raises(Unidentified, match="used already"):
        invitations.use(work, token)
    with pytest.raises(Conflict, match="taken already"):
        proposals.redeem(work, first, proposal.id)


def test_nobody_decides_what_they_asked_for_themselves(work: Work, first: Actor) -> None:
    proposal = proposals.propose(work, first, GULNORA)
    with pytest.raises(Forbidden, match="another administrator decides"):
        proposals.decide(work, first, proposal.id, grant=True)
    work.session.flush()
    proposal.decided_by, proposal.decided_at, proposal.granted = proposal.asked_by, NOON, True
    with pytest.raises(IntegrityError):
        work.session.flush()
    work.session.rollback()


def by_password(work: Work) -> Actor:
    return administrator(work, "Password", method=Method.PASSWORD)


def an_author(work: Work) -> Actor:
    return Actor.in_person(an_official(work, "Author")[0].official, Method.PASSKEY)


def by_key(work: Work) -> Actor:
    return Actor.by_key(administrator(work, "Machine").official, frozenset(Right))


@pytest.mark.parametrize("who", [by_password, an_author, by_key])
def test_only_an_administrator_with_a_passkey_asks_or_decides(
    work: Work, first: Actor, who: Callable[[Work], Actor]
) -> None:
    stranger, proposal = who(work), proposals.propose(work, first, GULNORA)
    with pytest.raises(Forbidden):
        proposals.propose(work, stranger, GULNORA)
    with pytest.raises(Forbidden):
        proposals.decide(work, stranger, proposal.id, grant=True)
    with pytest.raises(Forbidden):
        proposals.redeem(work, stranger, proposal.id)


def test_of_another_states_officials_nobody_decides(work: Work, first: Actor) -> None:
    proposal = proposals.propose(work, first, GULNORA)
    bolat = administrator(work, "Bolat", Side.KZ)
    assert proposals.pending(work, "kz") == []
    with pytest.raises(NotFound):
        proposals.decide(work, bolat, proposal.id, grant=False)
    with pytest.raises(Forbidden, match="another state"):
        proposals.propose(work, bolat, GULNORA)
    with pytest.raises(NotFound):
        proposals.propose(work, bolat, Change(official="First", roles=(Role.AUTHOR,)))


def test_rights_change_when_granted_and_sessions_end(work: Work, first: Actor, second: Actor) -> None:
    aziza = an_official(work)[0].official
    token = sessions.begin(work, aziza, Method.PASSKEY)
    change = Change(official="Aziza", crossings=(ALFA,), roles=(Role.APPROVER,))
    proposal = proposals.propose(work, first, change)
    assert aziza.roles == ["author", "approver"]
    proposals.decide(work, second, proposal.id, grant=True)
    assert (aziza.roles, aziza.crossings) == (["approver"], [ALFA])
    with pytest.raises(Unidentified):
        sessions.resume(work, token)
    with pytest.raises(Conflict, match="nothing to take"):
        proposals.redeem(work, first, proposal.id)


def test_a_key_has_the_scopes_that_were_granted_and_its_officials_roles_give(
    work: Work, first: Actor, second: Actor
) -> None:
    an_official(work)
    with pytest.raises(Invalid, match="no key may have"):
        proposals.propose(work, first, NewKey(official="Aziza", scopes=(Right.REPORT, Right.ADMINISTER)))
    proposal = proposals.propose(work, first, NewKey(official="Aziza", scopes=(Right.REPORT,)))
    proposals.decide(work, second, proposal.id, grant=False)
    with pytest.raises(Conflict):
        proposals.redeem(work, first, proposal.id)
    proposal = proposals.propose(work, first, NewKey(official="Aziza", scopes=(Right.REPORT,)))
    with pytest.raises(Conflict):
        proposals.redeem(work, first, proposal.id)
    proposals.decide(work, second, proposal.id, grant=True)
    key = proposals.redeem(work, first, proposal.id)
    assert access.identify(work, str(key)).rights == {Right.REPORT}


def test_what_was_decided_stays_decided(work: Work, first: Actor, second: Actor) -> None:
    third = administrator(work, "Third")
    proposal = proposals.propose(work, first, GULNORA)
    proposals.decide(work, second, proposal.id, grant=False)
    with pytest.raises(Conflict, match="decided this already"):
        proposals.decide(work, third, proposal.id, grant=True)
    actions = [entry.action for entry in ledger.entries(work.session)]
    assert actions[-2:] == ["access.propose", "access.refuse"]


def test_an_invitation_lasts_a_day(work: Work, first: Actor) -> None:
    token = invitations.invite(work, first.official, actor="system")
    assert invitations.invited(Work(work.session, NOON + DAY / 2), token) is first.official
    with pytest.raises(Unidentified):
        invitations.use(Work(work.session, NOON + DAY), token)
    with pytest.raises(Unidentified):
        invitations.invited(work, "x")


@pytest.mark.parametrize("written", [{"what": "x"}, {"what": "invite", "name": "A"}, {"what": "key"}, {}])
def test_what_is_asked_for_is_one_of_three_things(written: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        ASKED.validate_python(written)
