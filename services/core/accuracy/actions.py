"""Recording scores."""

from collections.abc import Sequence

from sqlmodel import col

from services.core.accuracy.documents import Score
from services.core.accuracy.queries import KEY
from services.core.accuracy.rules import tallied
from services.core.accuracy.tables import AccuracyTally, ForecastScore
from services.core.database import insert_into
from services.core.work import Work


def record(work: Work, scores: Sequence[Score]) -> None:
    """Keep scores and add them to the sums; those that are kept already count once."""
    connection = work.session.connection()
    new = [score for score in scores if _kept_for_the_first_time(work, score)]
    for tally in tallied(new):
        values = tally.model_dump()
        added = {
            name: col(getattr(AccuracyTally, name)) + value
            for name, value in values.items()
            if name not in KEY
        }
        connection.execute(
            insert_into(connection, AccuracyTally)
            .values(**values)
            .on_conflict_do_update(index_elements=KEY, set_=added)
        )


def _kept_for_the_first_time(work: Work, score: Score) -> bool:
    connection = work.session.connection()
    values = score.model_dump(exclude={"yardsticks"}) | score.yardsticks.model_dump()
    added = connection.execute(
        insert_into(connection, ForecastScore)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["observation", "horizon_hours"])
        .returning(col(ForecastScore.horizon_hours))
    )
    return added.first() is not None
