"""What identifies a document."""

from hashlib import sha256

import rfc8785
from pydantic import BaseModel


def fingerprint(document: BaseModel) -> str:
    """SHA-256 of the canonical JSON (RFC 8785); equal documents have equal fingerprints."""
    return sha256(rfc8785.dumps(document.model_dump(mode="json", exclude_defaults=True))).hexdigest()
