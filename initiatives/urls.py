"""The addresses of the public pages."""

from django.urls import path, register_converter

from .exports.tables import TABLES
from .views import (
    about,
    briefs,
    calendars,
    cards,
    changes,
    compare,
    corrections,
    data,
    dialogues,
    downloads,
    feeds,
    home,
    initiatives,
    matrix,
    meetings,
    participants,
    records,
    reports,
    robots,
    search,
    themes,
)


class TableNameConverter:
    """The name of a table that can be taken away."""

    regex = "|".join(TABLES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TableNameConverter, "table")

app_name = "initiatives"
urlpatterns = [
    # /
    path("", home.home, name="home"),
    # /search/
    path("search/", search.search, name="search"),
    path("search/suggestions.json", search.suggestions_json, name="suggestions"),
    # /initiatives/
    path("initiatives/", initiatives.initiative_list, name="initiative_list"),
    path(
        "initiatives.csv", downloads.list_csv, {"table": "initiatives"}, name="initiative_list_csv"
    ),
    path(
        "initiatives.json",
        downloads.list_json,
        {"table": "initiatives"},
        name="initiative_list_json",
    ),
    path(
        "initiatives.xlsx",
        downloads.list_xlsx,
        {"table": "initiatives"},
        name="initiative_list_xlsx",
    ),
    path("initiatives.atom", feeds.initiative_list_atom, name="initiative_list_atom"),
    path("initiatives.ics", calendars.initiative_list_ics, name="initiative_list_ics"),
    path("initiatives/<slug:slug>/", initiatives.initiative_detail, name="initiative_detail"),
    path(
        "initiatives/<slug:key>.json",
        records.record_json,
        {"kind": "initiative"},
        name="initiative_json",
    ),
    # /compare/
    path("compare/", compare.compare, name="compare"),
    # /matrix/
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix.csv", matrix.matrix_csv, name="matrix_csv"),
    path("initiatives/<slug:slug>.bib", cards.initiative_bib, name="initiative_bib"),
    path("initiatives/<slug:slug>.csl.json", cards.initiative_csl, name="initiative_csl"),
    path("initiatives/<slug:slug>/badge.svg", cards.initiative_badge, name="initiative_badge"),
    # /dialogues/
    path("dialogues/", dialogues.dialogue_list, name="dialogue_list"),
    path("dialogues.csv", downloads.list_csv, {"table": "dialogues"}, name="dialogue_list_csv"),
    path("dialogues.json", downloads.list_json, {"table": "dialogues"}, name="dialogue_list_json"),
    path("dialogues.xlsx", downloads.list_xlsx, {"table": "dialogues"}, name="dialogue_list_xlsx"),
    path("dialogues.atom", feeds.list_atom, {"table": "dialogues"}, name="dialogue_list_atom"),
    path("dialogues/<slug:slug>/", dialogues.dialogue_detail, name="dialogue_detail"),
    path("dialogues/<slug:slug>/brief/", briefs.dialogue_brief, name="dialogue_brief"),
    path(
        "dialogues/<slug:slug>/brief.docx", briefs.dialogue_brief_docx, name="dialogue_brief_docx"
    ),
    path(
        "dialogues/<slug:key>.json", records.record_json, {"kind": "dialogue"}, name="dialogue_json"
    ),
    # /meetings/
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings.csv", downloads.list_csv, {"table": "meetings"}, name="meeting_list_csv"),
    path("meetings.json", downloads.list_json, {"table": "meetings"}, name="meeting_list_json"),
    path("meetings.xlsx", downloads.list_xlsx, {"table": "meetings"}, name="meeting_list_xlsx"),
    path("meetings.atom", feeds.list_atom, {"table": "meetings"}, name="meeting_list_atom"),
    path("meetings.ics", calendars.meeting_list_ics, name="meeting_list_ics"),
    path("meetings/<slug:slug>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<slug:slug>/brief/", briefs.meeting_brief, name="meeting_brief"),
    path("meetings/<slug:slug>/brief.docx", briefs.meeting_brief_docx, name="meeting_brief_docx"),
    path("meetings/<slug:slug>.ics", calendars.meeting_ics, name="meeting_ics"),
    path("meetings/<slug:key>.json", records.record_json, {"kind": "meeting"}, name="meeting_json"),
    # /participants/
    path("participants/", participants.participant_list, name="participant_list"),
    path(
        "participants.csv",
        downloads.list_csv,
        {"table": "participants"},
        name="participant_list_csv",
    ),
    path(
        "participants.json",
        downloads.list_json,
        {"table": "participants"},
        name="participant_list_json",
    ),
    path(
        "participants.xlsx",
        downloads.list_xlsx,
        {"table": "participants"},
        name="participant_list_xlsx",
    ),
    path(
        "participants.atom",
        feeds.list_atom,
        {"table": "participants"},
        name="participant_list_atom",
    ),
    path("participants/<slug:code>/", participants.participant_detail, name="participant_detail"),
    path("participants/<slug:code>/brief/", briefs.participant_brief, name="participant_brief"),
    path(
        "participants/<slug:code>/brief.docx",
        briefs.participant_brief_docx,
        name="participant_brief_docx",
    ),
    path(
        "participants/<slug:key>.json",
        records.record_json,
        {"kind": "participant"},
        name="participant_json",
    ),
    # /themes/
    path("themes/", themes.theme_list, name="theme_list"),
    path("themes.csv", downloads.list_csv, {"table": "themes"}, name="theme_list_csv"),
    path("themes.json", downloads.list_json, {"table": "themes"}, name="theme_list_json"),
    path("themes.xlsx", downloads.list_xlsx, {"table": "themes"}, name="theme_list_xlsx"),
    path("themes.atom", feeds.list_atom, {"table": "themes"}, name="theme_list_atom"),
    path("themes/<slug:slug>/", themes.theme_detail, name="theme_detail"),
    path("themes/<slug:key>.json", records.record_json, {"kind": "theme"}, name="theme_json"),
    # /reports/
    path("reports/", reports.report_list, name="report_list"),
    path("reports.csv", downloads.list_csv, {"table": "reports"}, name="report_list_csv"),
    path("reports.json", downloads.list_json, {"table": "reports"}, name="report_list_json"),
    path("reports.xlsx", downloads.list_xlsx, {"table": "reports"}, name="report_list_xlsx"),
    path("reports.atom", feeds.list_atom, {"table": "reports"}, name="report_list_atom"),
    path("reports/<slug:slug>/", reports.report_detail, name="report_detail"),
    path("reports/<slug:key>.json", records.record_json, {"kind": "report"}, name="report_json"),
    # /changes/
    path("changes/", changes.change_list, name="change_list"),
    path("changes.csv", changes.change_list_csv, name="change_list_csv"),
    path("changes.json", changes.change_list_json, name="change_list_json"),
    path("changes.atom", changes.change_list_atom, name="change_list_atom"),
    # /corrections/
    path("corrections/", corrections.correction_list, name="correction_list"),
    path(
        "corrections.csv", downloads.list_csv, {"table": "corrections"}, name="correction_list_csv"
    ),
    path(
        "corrections.json",
        downloads.list_json,
        {"table": "corrections"},
        name="correction_list_json",
    ),
    path(
        "corrections.xlsx",
        downloads.list_xlsx,
        {"table": "corrections"},
        name="correction_list_xlsx",
    ),
    path("corrections.atom", corrections.correction_list_atom, name="correction_list_atom"),
    # /data/
    path("data/", data.data, name="data"),
    path("data/dictionary/", data.data_dictionary, name="data_dictionary"),
    path("data/datapackage.json", data.data_package, name="data_package"),
    path("data/openapi.json", data.openapi, name="openapi"),
    path("data/initiative-tracker.zip", data.data_archive, name="data_archive"),
    path("data/csv/<table:table>.csv", data.data_csv, name="data_csv"),
    path("data/json/<table:table>.json", data.data_json, name="data_json"),
    # /briefs/
    path("briefs/", briefs.brief_list, name="brief_list"),
    # /embed/
    path("embed/<slug:slug>/", cards.embed, name="embed"),
    # For programs that look for pages
    path("robots.txt", robots.robots, name="robots"),
    path("llms.txt", robots.llms, name="llms"),
    path("sitemap.xml", robots.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", robots.sitemap, name="sitemap"),
    # /about/
    path("about/", about.about, name="about"),
    path("about/method/", about.method, name="method"),
    path("about/privacy/", about.privacy, name="privacy"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
]
