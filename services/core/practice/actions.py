"""Making the practice border."""

from pathlib import Path

from services.core import crossings
from services.core.crossings import CrossingVersion
from services.core.practice.queries import only_practice
from services.core.work import Work

CATALOGUE = Path(__file__).with_name("catalogue")


def load(work: Work) -> list[CrossingVersion]:
    """Record the made-up crossings; the new versions, none the second time. Raises NotPractice."""
    only_practice(work.session)
    return crossings.load(work, crossings.catalogue(CATALOGUE))
