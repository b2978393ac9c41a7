"""Telling travellers apart for a day, without knowing who they are."""

import hmac
import secrets
from datetime import date, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete
from sqlmodel import col, select

from services.core.access.tables import DaySalt
from services.core.database import insert_into
from services.core.work import Work

SALTS_STAY = timedelta(days=1)
NETWORK_BITS = 64
"""Of an IPv6 address these bits name a household; the rest a device may change at will."""


def contributor(work: Work, address: str) -> str:
    """A name for whoever reports from this address today. Another day gives another name."""
    salt = _salt(work, work.now.date())
    return hmac.new(salt, _network(address), sha256).hexdigest()[:32]


def forget_salts(work: Work) -> None:
    """Delete the salts of days that are over."""
    work.session.connection().execute(
        delete(DaySalt).where(col(DaySalt.day) < (work.now - SALTS_STAY).date())
    )


def _salt(work: Work, day: date) -> bytes:
    connection = work.session.connection()
    connection.execute(
        insert_into(connection, DaySalt)
        .values(day=day, salt=secrets.token_bytes(32))
        .on_conflict_do_nothing(index_elements=["day"])
    )
    return work.session.exec(select(DaySalt.salt).where(DaySalt.day == day)).one()


def _network(address: str) -> bytes:
    """What an address has in common with the others of one contributor; any text if it is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address.encode()
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.packed[: NETWORK_BITS // 8]
    return (getattr(parsed, "ipv4_mapped", None) or parsed).packed
