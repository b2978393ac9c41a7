"""Other ways across for the same traveller, ranked, with reasons, and the roads that lead there."""

from services.core.alternatives.advising import advise
from services.core.alternatives.gazetteer import Gazetteer, Place, PlaceKind
from services.core.alternatives.network import RoadLeg
from services.core.alternatives.ranking import Alternative, Ranking, Refused, Way, alternatives
from services.core.alternatives.replay import Answer, Replay, replay
from services.core.alternatives.roads import Roads, Unreached
from services.core.alternatives.tables import RoadTime
from services.core.alternatives.times import RoadTimes, record_road_times, road_times, roads_for

__all__ = [
    "Alternative",
    "Answer",
    "Gazetteer",
    "Place",
    "PlaceKind",
    "Ranking",
    "Refused",
    "Replay",
    "RoadLeg",
    "RoadTime",
    "RoadTimes",
    "Roads",
    "Unreached",
    "Way",
    "advise",
    "alternatives",
    "record_road_times",
    "replay",
    "road_times",
    "roads_for",
]
