"""All tables that the record can be taken away as, by their names; what others refer to comes first."""

from .base import Table, TableRow
from .corrections import CORRECTIONS
from .dialogues import ATTENDANCES, DELEGATES, DIALOGUES, LINES, MEETINGS, MEMBERSHIPS
from .entries import (
    CRITERIA,
    MENTIONS,
    UPDATES,
    WITHDRAWN_CRITERIA,
    WITHDRAWN_MENTIONS,
    WITHDRAWN_UPDATES,
)
from .initiatives import INITIATIVES, INVOLVEMENTS, LINEAGE, ROLES, TARGETS
from .participants import PARTICIPANTS, THEMES
from .reports import CITATIONS, DISCREPANCIES, REPORTS
from .translations import TRANSLATIONS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PARTICIPANTS,
        THEMES,
        DIALOGUES,
        MEMBERSHIPS,
        MEETINGS,
        LINES,
        ATTENDANCES,
        DELEGATES,
        REPORTS,
        INITIATIVES,
        INVOLVEMENTS,
        ROLES,
        TARGETS,
        LINEAGE,
        MENTIONS,
        CRITERIA,
        UPDATES,
        WITHDRAWN_MENTIONS,
        WITHDRAWN_CRITERIA,
        WITHDRAWN_UPDATES,
        CITATIONS,
        DISCREPANCIES,
        CORRECTIONS,
        TRANSLATIONS,
    )
}

__all__ = ["TABLES", "Table", "TableRow"]
