"""Other ways across for the same traveller, ranked, with reasons, and the roads that lead there."""

from services.core.alternatives.advising import Advice, advise
from services.core.alternatives.gazetteer import Gazetteer, Place, PlaceKind
from services.core.alternatives.network import RoadLeg
from services.core.alternatives.parts import Part, parts_of
from services.core.alternatives.ranking import alternatives
from services.core.alternatives.recalling import Recalled, midnight, recall
from services.core.alternatives.remembering import remember
from services.core.alternatives.replay import Answer, Replay, replay
from services.core.alternatives.roads import Roads, Unreached
from services.core.alternatives.scoring import scores
from services.core.alternatives.tables import RoadTime
from services.core.alternatives.times import RoadTimes, record_road_times, road_times, roads_for
from services.core.alternatives.ways import Alternative, Ranking, Refused, Way

__all__ = [
    "Advice",
    "Alternative",
    "Answer",
    "Gazetteer",
    "Part",
    "Place",
    "PlaceKind",
    "Ranking",
    "Recalled",
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
    "midnight",
    "parts_of",
    "recall",
    "record_road_times",
    "remember",
    "replay",
    "road_times",
    "roads_for",
    "scores",
]
