"""What each word of the vocabulary means, in a sentence for readers; a test holds the lists complete."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..models import (
    Act,
    DeliveryStatus,
    EvidenceGrade,
    InvolvementCapacity,
    LineageKind,
    ParticipantKind,
    Standing,
    StatusGroup,
    Verifiability,
)

STATUS_MEANING: dict[str, StrOrPromise] = {
    DeliveryStatus.NOT_REVIEWED: _(
        "Nobody has looked for evidence of delivery yet, or all that was recorded was withdrawn."
    ),
    DeliveryStatus.NO_INFORMATION: _(
        "A document says that there is no public information on what became of it, or somebody looked and found none."
    ),
    DeliveryStatus.NOT_STARTED: _("A document says that work has not begun."),
    DeliveryStatus.PREPARING: _("Work is being planned: talks, studies, funding, an agreement."),
    DeliveryStatus.UNDER_WAY: _("Work has begun and is meant to come to an end."),
    DeliveryStatus.PARTLY_DELIVERED: _("A part of what was promised exists; the rest is open."),
    DeliveryStatus.CONTINUING: _("It is being done, and no end is foreseen."),
    DeliveryStatus.DELIVERED: _("What was promised exists or has happened."),
    DeliveryStatus.STALLED: _("Work has come to a halt without a decision to stop it."),
    DeliveryStatus.SUSPENDED: _("A document says that work is paused."),
    DeliveryStatus.DROPPED: _("A document says that it is no longer pursued."),
    DeliveryStatus.SUPERSEDED: _("A later initiative has taken its place."),
}

# Names of the codes in IATI's codelist ActivityStatus (version 2.03).
IATI_NAME: dict[str, StrOrPromise] = {
    "1": _("Pipeline/identification"),
    "2": _("Implementation"),
    "4": _("Closed"),
    "5": _("Cancelled"),
    "6": _("Suspended"),
}

GROUP_MEANING: dict[str, StrOrPromise] = {
    StatusGroup.DELIVERED: _("What was promised exists or has happened."),
    StatusGroup.IN_PROGRESS: _("Work is being done."),
    StatusGroup.PENDING: _("Not begun, or being prepared."),
    StatusGroup.OFF_TRACK: _("Halted, paused or given up."),
    StatusGroup.SUPERSEDED: _("Replaced by a later initiative."),
    StatusGroup.NO_INFORMATION: _(
        "Somebody looked and found nothing; counts neither as success nor as failure."
    ),
    StatusGroup.NOT_REVIEWED: _("Nobody has looked yet; counts neither as success nor as failure."),
}

STANDING_MEANING: dict[str, StrOrPromise] = {
    Standing.MENTIONED: _(
        "A document speaks of it, or says who is ready for it; none that is recorded here proposes, supports,"
        " undertakes or adopts it."
    ),
    Standing.PROPOSED: _("At least one participant put it forward."),
    Standing.SUPPORTED: _("Another participant supported it."),
    Standing.UNDERTAKEN: _("At least one participant firmly promises its own part."),
    Standing.ADOPTED: _("A document of the participants together takes it up."),
    Standing.NOT_TAKEN_UP: _("A later document of the dialogue says that it was not taken up."),
}

GRADE_MEANING: dict[str, StrOrPromise] = {
    EvidenceGrade.JOINT: _(
        "Issued by the participants together: a joint statement, an action plan."
    ),
    EvidenceGrade.STUDY: _("By somebody who is neither a participant nor the press."),
    EvidenceGrade.PRESS: _("A news agency, a newspaper or a broadcaster."),
    EvidenceGrade.STATEMENT: _("One side’s own account, also of what it did itself."),
}

ACT_MEANING: dict[str, StrOrPromise] = {
    Act.MENTIONED: _("The document speaks of it."),
    Act.READINESS: _("The document says who is ready, willing or interested; it promises nothing."),
    Act.PROPOSED: _("The document puts it forward, or says who did."),
    Act.SUPPORTED: _("The document says who supports it."),
    Act.UNDERTAKEN: _("The document says who firmly promises their own part of it."),
    Act.ADOPTED: _("The document of the participants together takes it up."),
    Act.RESTATED: _("The document repeats what an earlier one said."),
    Act.REWORDED: _("The document repeats it in words that change what it means."),
    Act.NOT_TAKEN_UP: _("The document says that it was not taken up."),
}

CAPACITY_MEANING: dict[str, StrOrPromise] = {
    InvolvementCapacity.PROPOSER: _("A document says that it put it forward."),
    InvolvementCapacity.SUPPORTER: _("A document says that it supports it."),
    InvolvementCapacity.PARTY: _("It undertook or adopted it: it is bound by its word."),
    InvolvementCapacity.LEAD: _("It leads the work."),
    InvolvementCapacity.IMPLEMENTER: _("It does the work."),
    InvolvementCapacity.FUNDER: _("It pays for it."),
    InvolvementCapacity.BENEFICIARY: _("It is meant to benefit from it."),
    InvolvementCapacity.MENTIONED: _("A document names it here, but in none of the roles above."),
}

VERIFIABILITY_MEANING: dict[str, StrOrPromise] = {
    Verifiability.VERIFIABLE: _("Anybody could verify from documents whether it was delivered."),
    Verifiability.PARTLY: _(
        "Part of it could be verified from documents; the criterion says which part, and why."
    ),
    Verifiability.NOT_VERIFIABLE: _(
        "Nobody could verify whether it was delivered, so it cannot be rated; the criterion says why."
    ),
}

FLAG_MEANING: dict[str, StrOrPromise] = {
    "overdue": _(
        "Somebody has checked what became of it, the due date has passed, and no document shows an end."
    ),
    "stale": _(
        "Somebody has checked what became of it, it is open, and no document has mentioned it for longer than"
        " the dialogue’s limit."
    ),
    "delivered_late": _(
        "It was delivered, and the first document that says so is dated after it was due."
    ),
    "one_sided": _("The best evidence for its status is one side’s own statement."),
    "contradictory": _(
        "Status and dates do not fit together: an update is dated before the initiative was raised or in the"
        " future, or there is a due date although the status has no end."
    ),
    "status_before_criterion": _(
        "The status that counts was recorded here on an earlier day than the first statement of what would count as"
        " delivered."
    ),
    "conditional": _(
        "It is open, and the last document that speaks of a condition makes it subject to one, such as the approval of"
        " a parliament."
    ),
}

# A relation as the earlier initiative sees it; the choice itself is how the later one does.
RELATION_FROM_EARLIER: dict[str, StrOrPromise] = {
    LineageKind.BUILDS_ON: _("Built on by"),
    LineageKind.CONTINUES: _("Continued by"),
    LineageKind.MERGES: _("Merged into"),
    LineageKind.SUPERSEDES: _("Superseded by"),
    LineageKind.SPLITS_FROM: _("Split into"),
    LineageKind.PART_OF: _("Has as a part"),
}

# What participants of each kind are called, several together.
KINDS_OF_PARTICIPANTS: dict[str, StrOrPromise] = {
    ParticipantKind.STATE: _("States"),
    ParticipantKind.GROUP: _("Groups of states"),
    ParticipantKind.INTERNATIONAL_ORGANISATION: _("International organisations"),
    ParticipantKind.MINISTRY: _("Ministries"),
    ParticipantKind.AGENCY: _("Agencies"),
    ParticipantKind.FUND: _("Funds"),
    ParticipantKind.UNIVERSITY: _("Universities"),
    ParticipantKind.COMPANY: _("Companies"),
    ParticipantKind.ORGANISATION: _("Organisations"),
}
