"""Road times that an outside server gave, as they are stored."""

from datetime import datetime

from sqlmodel import Field

from services.core.records import Instant, Table


class RoadTime(Table, table=True):
    """One leg by road between two nodes of the road graph, as a routing server reckoned it."""

    __tablename__ = "road_time"

    origin: str = Field(primary_key=True)
    destination: str = Field(primary_key=True)
    minutes: float
    km: float
    asked_at: datetime = Field(sa_type=Instant)
