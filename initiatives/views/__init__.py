"""The public pages: fetch, filter, render. Views, templates and routes share their names."""

from .briefs import dialogue_brief, dialogue_brief_docx, meeting_brief, meeting_brief_docx
from .calendars import initiative_list_ics, meeting_ics, meeting_list_ics
from .cards import embed, initiative_badge, initiative_bib, initiative_csl
from .changes import change_list, change_list_atom
from .data import (
    data,
    data_archive,
    data_csv,
    data_dictionary,
    data_json,
    data_package,
    openapi,
)
from .dialogues import dialogue_detail, dialogue_list
from .exports import initiative_list_csv, initiative_list_json, initiative_list_xlsx
from .feeds import initiative_list_atom, list_atom
from .home import home, method
from .initiatives import initiative_detail, initiative_list
from .lists import list_csv, list_json, list_xlsx
from .matrix import matrix, matrix_csv
from .meetings import meeting_detail, meeting_list
from .participants import participant_detail, participant_list
from .records import record_json
from .reports import report_detail, report_list
from .robots import robots, sitemap, sitemap_index
from .themes import theme_detail, theme_list

__all__ = [
    "change_list",
    "change_list_atom",
    "data",
    "data_archive",
    "data_csv",
    "data_dictionary",
    "data_json",
    "data_package",
    "dialogue_brief",
    "dialogue_brief_docx",
    "dialogue_detail",
    "dialogue_list",
    "embed",
    "home",
    "initiative_badge",
    "initiative_bib",
    "initiative_csl",
    "initiative_detail",
    "initiative_list",
    "initiative_list_atom",
    "initiative_list_csv",
    "initiative_list_ics",
    "initiative_list_json",
    "initiative_list_xlsx",
    "list_atom",
    "list_csv",
    "list_json",
    "list_xlsx",
    "matrix",
    "matrix_csv",
    "meeting_brief",
    "meeting_brief_docx",
    "meeting_detail",
    "meeting_ics",
    "meeting_list",
    "meeting_list_ics",
    "method",
    "openapi",
    "participant_detail",
    "participant_list",
    "record_json",
    "report_detail",
    "report_list",
    "robots",
    "sitemap",
    "sitemap_index",
    "theme_detail",
    "theme_list",
]
