"""The written form of a key: `otkel_<id>_<secret>_<checksum>`.

The prefix and the checksum let a scanner of logs and repositories recognise a leaked key for sure.
"""

import secrets
import string
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

PREFIX = "otkel"
ALPHABET = string.digits + string.ascii_letters
ID_LENGTH = 8
SECRET_LENGTH = 43  # 62^43 > 2^256


@dataclass(frozen=True, slots=True)
class WrittenKey:
    id: str
    secret: str

    @classmethod
    def new(cls) -> "WrittenKey":
        return cls(_random(ID_LENGTH), _random(SECRET_LENGTH))

    @classmethod
    def parse(cls, written: str) -> "WrittenKey | None":
        """None for anything that is not a whole, undamaged key."""
        parts = written.split("_")
        if len(parts) != 4 or parts[0] != PREFIX:
            return None
        key = cls(parts[1], parts[2])
        whole = len(key.id) == ID_LENGTH and len(key.secret) == SECRET_LENGTH
        plain = set(key.id + key.secret) <= set(ALPHABET)
        return key if whole and plain and parts[3] == key.checksum else None

    @property
    def checksum(self) -> str:
        return f"{crc32((self.id + self.secret).encode()):08x}"

    @property
    def hash(self) -> bytes:
        return sha256(self.secret.encode()).digest()

    def __str__(self) -> str:
        return f"{PREFIX}_{self.id}_{self.secret}_{self.checksum}"


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
