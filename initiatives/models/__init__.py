from .citations import Citation
from .corrections import AccountRole, Correction, CorrectionKind, CorrectionSubject, removed
from .criteria import Criterion
from .deletions import naming
from .desk import Assignment, Decision, Review
from .dialogues import (
    Attendance,
    Capacity,
    Dialogue,
    Meeting,
    MeetingFormat,
    MeetingKind,
    MeetingState,
    Membership,
)
from .entries import AppendOnly, Entry
from .entry_kinds import ENTRIES, ENTRY_OF, AnyEntry, AnyTranslatedEntry
from .follow_up import StatusUpdate
from .follow_up_plans import FollowUpPlan
from .former_addresses import FormerAddress, Merge
from .initiatives import FLAGS, Initiative, InitiativeKind
from .involvement import Involvement, InvolvementCapacity
from .lines import Delegate, Line, LineKind
from .loads import Load, LoadedVersion, ReplacedFact
from .mentions import Mention
from .participants import Participant, ParticipantKind
from .records import Published, Record
from .relations import Bound, Lineage, LineageKind, Role, RoleKind, Target
from .reports import Coverage, Discrepancy, LoadConflict, LoadedFact, Report
from .saved_filters import SavedFilter
from .search_texts import DataChange, DataVersion, SearchPosting, SearchText
from .themes import Theme
from .translations import Translated
from .uploads import WORKING, Upload, UploadedFile, UploadState
from .vocabulary import (
    Act,
    DeliveryStatus,
    EvidenceGrade,
    Publication,
    Standing,
    StatusGroup,
    Verifiability,
)

__all__ = [
    "ENTRIES",
    "ENTRY_OF",
    "FLAGS",
    "WORKING",
    "AccountRole",
    "Act",
    "AnyEntry",
    "AnyTranslatedEntry",
    "AppendOnly",
    "Assignment",
    "Attendance",
    "Bound",
    "Capacity",
    "Citation",
    "Correction",
    "CorrectionKind",
    "CorrectionSubject",
    "Coverage",
    "Criterion",
    "DataChange",
    "DataVersion",
    "Decision",
    "Delegate",
    "DeliveryStatus",
    "Dialogue",
    "Discrepancy",
    "Entry",
    "EvidenceGrade",
    "FollowUpPlan",
    "FormerAddress",
    "Initiative",
    "InitiativeKind",
    "Involvement",
    "InvolvementCapacity",
    "Line",
    "LineKind",
    "Lineage",
    "LineageKind",
    "Load",
    "LoadConflict",
    "LoadedFact",
    "LoadedVersion",
    "Meeting",
    "MeetingFormat",
    "MeetingKind",
    "MeetingState",
    "Membership",
    "Mention",
    "Merge",
    "Participant",
    "ParticipantKind",
    "Publication",
    "Published",
    "Record",
    "ReplacedFact",
    "Report",
    "Review",
    "Role",
    "RoleKind",
    "SavedFilter",
    "SearchPosting",
    "SearchText",
    "Standing",
    "StatusGroup",
    "StatusUpdate",
    "Target",
    "Theme",
    "Translated",
    "Upload",
    "UploadState",
    "UploadedFile",
    "Verifiability",
    "naming",
    "removed",
]
