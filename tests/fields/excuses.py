"""Where a field belongs, and why some fields are not there.

A pattern is model and field, “*” for any; an excuse that nothing needs fails as a forgotten field does.
"""

from __future__ import annotations

from initiatives.recording.derivation import DERIVED

# Each place, and the file where a field is added to it; “{template}” and the like stand in FILES.
PLACES = {
    "page": "shown on a public page: add it to templates/initiatives/{template}",
    "export": "in the exports: add its column to initiatives/exports/{columns}",
    "file": "loaded from a report file: add its key to initiatives/loading/schema.py",
    # Its columns are the keys of the report file.
    "workbook": "in the workbook to fill in: see initiatives/loading/sheets/layout.py",
    "history": "in the change history: see `history` of its model in initiatives/models/",
    "past": "as it was with ?as_of=: see initiatives/as_of/past.py",
    "search": "found by a search: add it to initiatives/search/documents.py or initiatives/search/records.py",
    "admin": "in the form of the desk: add it to initiatives/admin/{form}",
}
FILES = {
    "participant": ("participant_detail.html", "tables/participants.py", "participants.py"),
    "theme": ("theme_detail.html", "tables/participants.py", "themes.py"),
    "dialogue": ("dialogue_detail.html", "tables/dialogues.py", "dialogues.py"),
    "membership": ("dialogue_detail.html", "tables/dialogues.py", "dialogues.py"),
    "meeting": ("_meeting_facts.html", "tables/dialogues.py", "dialogues.py"),
    "line": ("_lines.html", "tables/dialogues.py", "lines.py"),
    "delegate": ("meeting_detail.html", "tables/dialogues.py", "lines.py"),
    "attendance": ("meeting_detail.html", "tables/dialogues.py", "dialogues.py"),
    "report": ("report_detail.html", "tables/reports.py", "reports.py"),
    "initiative": ("_initiative_facts.html", "columns.py", "initiatives.py"),
    "role": ("_initiative_facts.html", "tables/initiatives.py", "initiatives.py"),
    "target": ("_target.html", "tables/initiatives.py", "initiatives.py"),
    "lineage": ("_lineage_row.html", "tables/initiatives.py", "initiatives.py"),
    "mention": ("_mention.html", "tables/entries.py", "follow_up/admins.py"),
    "criterion": ("_criterion.html", "tables/entries.py", "follow_up/criteria.py"),
    "statusupdate": ("_update.html", "tables/entries.py", "follow_up/admins.py"),
    "citation": ("_sources.html", "tables/reports.py", "citations.py"),
    "discrepancy": ("_discrepancies.html", "tables/reports.py", "reports.py"),
}

TODAY = "of today: it names or describes the row"
APPEND_ONLY = "what an entry says never changes; corrections are entries of their own"
PLACE = "where in a document it stands, such as p. 4"
READER = "who of us read or looked, and where: nothing that the record is about"
NO_WORDS = "a tag, an hour or a unit, no words"
NOT_THERE = "what is withdrawn is found by nothing"
GATE = "decides who sees the row; what is public says nothing of it"
BY_DESK = "who did what at the desk is nobody else’s business"
SORTING = "follows from the name or title, by which rows sort"
KEPT = "kept by the program, never typed"
PRODUCT = "follows from entries, never typed"
CORRECTING = "an entry is corrected by recording another one"
WITHDRAWING = "rows are withdrawn one by one, with a reason, on a page of its own"
LEAVES = "what is withdrawn leaves the exports; its own JSON and the register say so"

UNSOURCED = (
    "of a time before mentions stated due dates; shown as the due date, and replaced by a mention"
)
SHOWN = "a button shows it, and what public rows rest on is public by itself"

# Models of which no field is looked for, since nothing of them is for readers.
INSIDE = {
    "followupplan": "how the desk follows an initiative up; for the desk alone",
    "savedfilter": "lists of the desk as one person wants them",
    "formeraddress": "ids of before, which lead on; they have tests of their own",
    "merge": "what a merge did, for undoing it",
    "assignment": BY_DESK,
    "review": BY_DESK,
    "upload": "files on their way in, and what came of them",
    "uploadedfile": "files on their way in",
    "load": "what a load did, for undoing it",
    "loadedversion": "what a load did, for undoing it",
    "replacedfact": "what a load did, for undoing it",
    "loadconflict": "what a load left to the desk",
    "loadedfact": "the base of the next load; a page says which documents state a field",
    "correction": "the register, which has tables and tests of its own",
    "involvement": "follows from mentions and roles",
    "searchtext": "follows from the record",
    "searchposting": "follows from the record",
    "datachange": "notes of triggers",
    "dataversion": "notes of triggers",
}

EXCUSES: dict[str, dict[str, str]] = {
    **{f"initiative.{name}": {"workbook": PRODUCT, "admin": PRODUCT} for name in DERIVED},
    "initiative.delivered_on": {"file": PRODUCT, "workbook": PRODUCT, "admin": PRODUCT},
    "initiative.publication": {
        "page": GATE,
        "export": GATE,
        "workbook": "drafts are not in a workbook, and what it adds is public",
        "admin": "buttons publish and take back",
    },
    "initiative.withdrawn_at": {
        "export": LEAVES,
        "file": WITHDRAWING,
        "workbook": LEAVES,
        "admin": KEPT,
    },
    "initiative.withdrawal_reason": {"export": LEAVES},
    "initiative.title": {"past": TODAY},
    "initiative.other_names": {"past": TODAY},
    "initiative.summary": {"past": TODAY},
    "initiative.kind": {"past": TODAY},
    "initiative.due_on": {"admin": PRODUCT},
    "initiative.due_note": {"admin": PRODUCT},
    "initiative.due_moves": {"file": PRODUCT, "workbook": PRODUCT, "admin": PRODUCT},
    "initiative.unsourced_due_on": {"workbook": UNSOURCED, "admin": UNSOURCED},
    "initiative.unsourced_due_note": {
        "workbook": UNSOURCED,
        "admin": UNSOURCED,
        "search": UNSOURCED,
    },
    "initiative.themes": {"past": TODAY},
    "initiative.translations": {"past": TODAY},
    **{f"meeting.{name}": {"search": NO_WORDS} for name in ("start_time", "end_time", "time_zone")},
    "meeting.dialogue": {"past": TODAY},
    "meeting.kind": {"past": TODAY},
    "meeting.number": {"past": TODAY},
    "meeting.title": {"past": TODAY},
    "meeting.other_names": {"past": TODAY},
    "meeting.language": {"past": TODAY},
    "meeting.translations": {"past": TODAY},
    "meeting.host": {"past": TODAY},
    "line.ref": {"workbook": "a sheet names a line by what it is of, its kind and its text"},
    "line.by": {"past": TODAY},
    "delegate.ref": {"workbook": "a sheet names a delegate by delegation and name"},
    "attendance.*": {"past": TODAY},
    "participant.*": {"past": TODAY},
    "theme.*": {"past": "its page is of today only"},
    "dialogue.*": {"past": "its page is of today only"},
    "membership.*": {"past": "its page is of today only"},
    "report.*": {"past": "its page is of today only"},
    "report.sha256": {
        "page": "of the loaded file, which readers do not have",
        "export": "of the loaded file, which readers do not have",
        "search": "of the loaded file, which readers do not have",
        "workbook": KEPT,
        "admin": KEPT,
    },
    **{f"target.{name}": {"search": NO_WORDS} for name in ("unit", "currency")},
    "target.ref": {
        "workbook": "a sheet names a target by initiative, metric, period, unit and currency",
    },
    "statusupdate.target": {
        "workbook": "a sheet names a target by metric, period and unit",
        "admin": "offered of an initiative that has targets",
    },
    "statusupdate.value": {"admin": "offered of an initiative that has targets"},
    "mention.*": {"past": APPEND_ONLY},
    "mention.quote_language": {"search": NO_WORDS},
    "criterion.*": {"past": APPEND_ONLY},
    "criterion.read_by": {"search": READER},
    "statusupdate.*": {"past": APPEND_ONLY},
    **{f"statusupdate.{name}": {"search": READER} for name in ("looked_by", "looked_in")},
    "*.locator": {"search": PLACE},
    "*.language": {"search": NO_WORDS},
    "*.sort_key": dict.fromkeys(("page", "export", "workbook", "history", "admin"), SORTING),
    **{
        f"{name}.publication": {"admin": SHOWN}
        for name in ("meeting", "participant", "report", "theme")
    },
    "*.publication": {
        "page": GATE,
        "export": GATE,
        "file": "what a file says is public",
        "workbook": "drafts are not in a workbook, and what it adds is public",
    },
    "*.ref": {"page": "an id for programs", "admin": "made from what the row is about"},
    "*.corrects": {"file": CORRECTING, "workbook": CORRECTING, "admin": CORRECTING},
    "*.reinstates": {
        "file": CORRECTING,
        "workbook": CORRECTING,
        "admin": CORRECTING,
    },
    "*.recorded_at": {"workbook": KEPT, "admin": KEPT},
    "*.recorded_by": {
        "page": BY_DESK,
        "export": BY_DESK,
        "file": KEPT,
        "workbook": KEPT,
        "admin": KEPT,
    },
    "*.withdrawn_at": {"file": WITHDRAWING, "workbook": WITHDRAWING, "admin": KEPT},
    "*.withdrawn_by": {
        "page": BY_DESK,
        "export": BY_DESK,
        "file": WITHDRAWING,
        "workbook": WITHDRAWING,
        "admin": KEPT,
    },
    "*.withdrawal_reason": {
        "file": WITHDRAWING,
        "workbook": WITHDRAWING,
        "admin": WITHDRAWING,
        "search": NOT_THERE,
    },
    "citation.*": {
        "past": TODAY,
        "workbook": "a sheet of facts has report and locator, and of a discrepancy what it says",
    },
    "citation.position": {"page": "orders the lines that a document states"},
    "citation.field": {
        "file": "a file states its fields itself",
        "search": "the name of a field, and what it says is the value then",
        "admin": "named beside the fields that a save changes",
    },
    "discrepancy.*": {"past": TODAY},
}
