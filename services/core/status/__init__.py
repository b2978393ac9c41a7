"""May this traveller pass here at this instant, why, and when does the answer change?"""

from services.core.status.announcements import Bearing, Phase, Standing, standing
from services.core.status.bulletin import Bulletin, bulletin_for
from services.core.status.contradictions import contradictions
from services.core.status.disagreement import About, Disagreement, disagreements
from services.core.status.rules import Reason, Status, admission, status
from services.core.status.timeline import Segment, changes_at, next_change, timeline, valid_until
from services.core.status.voices import Word, heard

__all__ = [
    "About",
    "Bearing",
    "Bulletin",
    "Disagreement",
    "Phase",
    "Reason",
    "Segment",
    "Standing",
    "Status",
    "Word",
    "admission",
    "bulletin_for",
    "changes_at",
    "contradictions",
    "disagreements",
    "heard",
    "next_change",
    "standing",
    "status",
    "timeline",
    "valid_until",
]
