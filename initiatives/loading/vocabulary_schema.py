"""The sections of a vocabulary, key by key: participants and themes, which no document is needed for."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from ..models import ParticipantKind
from ..models.sdgs import SDG_GOALS, targets_in_order
from .file_part import FilePart
from .languages import Translated200, Translated300, Written
from .scalars import Code, CodeOrName, Line200, SDGTarget, Slug

SDGGoal = Annotated[int, Field(ge=SDG_GOALS[0], le=SDG_GOALS[-1])]


class ParticipantPart(Written, FilePart):
    code: Code
    name: Translated200
    official_name: Translated300 | None = None
    other_names: list[Line200] = []
    kind: ParticipantKind | None = None
    part_of: CodeOrName | None = None


class ThemePart(Written, FilePart):
    id: Slug
    name: Translated200
    sdgs: Annotated[list[SDGGoal], AfterValidator(lambda goals: sorted(set(goals)))] = []
    sdg_targets: Annotated[list[SDGTarget], AfterValidator(targets_in_order)] = []


class VocabularyFile(FilePart):
    """Participants and themes."""

    participants: list[ParticipantPart] = []
    themes: list[ThemePart] = []
