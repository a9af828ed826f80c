"""The addresses of the public pages."""

from django.urls import path, register_converter

from . import views
from .exports.tables import TABLES


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
    path("", views.home, name="home"),
    # /initiatives/
    path("initiatives/", views.initiative_list, name="initiative_list"),
    path("initiatives.csv", views.initiative_list_csv, name="initiative_list_csv"),
    path("initiatives.json", views.initiative_list_json, name="initiative_list_json"),
    path("initiatives.xlsx", views.initiative_list_xlsx, name="initiative_list_xlsx"),
    path("initiatives.atom", views.initiative_list_atom, name="initiative_list_atom"),
    path("initiatives.ics", views.initiative_list_ics, name="initiative_list_ics"),
    path("initiatives/<slug:slug>/", views.initiative_detail, name="initiative_detail"),
    path(
        "initiatives/<slug:key>.json",
        views.record_json,
        {"kind": "initiative"},
        name="initiative_json",
    ),
    # /matrix/
    path("matrix/", views.matrix, name="matrix"),
    path("matrix.csv", views.matrix_csv, name="matrix_csv"),
    path("initiatives/<slug:slug>.bib", views.initiative_bib, name="initiative_bib"),
    path("initiatives/<slug:slug>.csl.json", views.initiative_csl, name="initiative_csl"),
    path("initiatives/<slug:slug>/badge.svg", views.initiative_badge, name="initiative_badge"),
    # /dialogues/
    path("dialogues/", views.dialogue_list, name="dialogue_list"),
    path("dialogues.csv", views.list_csv, {"table": "dialogues"}, name="dialogue_list_csv"),
    path("dialogues.json", views.list_json, {"table": "dialogues"}, name="dialogue_list_json"),
    path("dialogues.xlsx", views.list_xlsx, {"table": "dialogues"}, name="dialogue_list_xlsx"),
    path("dialogues.atom", views.list_atom, {"table": "dialogues"}, name="dialogue_list_atom"),
    path("dialogues/<slug:slug>/", views.dialogue_detail, name="dialogue_detail"),
    path("dialogues/<slug:slug>/brief/", views.dialogue_brief, name="dialogue_brief"),
    path("dialogues/<slug:slug>/brief.docx", views.dialogue_brief_docx, name="dialogue_brief_docx"),
    path(
        "dialogues/<slug:key>.json", views.record_json, {"kind": "dialogue"}, name="dialogue_json"
    ),
    # /meetings/
    path("meetings/", views.meeting_list, name="meeting_list"),
    path("meetings.csv", views.list_csv, {"table": "meetings"}, name="meeting_list_csv"),
    path("meetings.json", views.list_json, {"table": "meetings"}, name="meeting_list_json"),
    path("meetings.xlsx", views.list_xlsx, {"table": "meetings"}, name="meeting_list_xlsx"),
    path("meetings.atom", views.list_atom, {"table": "meetings"}, name="meeting_list_atom"),
    path("meetings.ics", views.meeting_list_ics, name="meeting_list_ics"),
    path("meetings/<slug:slug>/", views.meeting_detail, name="meeting_detail"),
    path("meetings/<slug:slug>/brief/", views.meeting_brief, name="meeting_brief"),
    path("meetings/<slug:slug>/brief.docx", views.meeting_brief_docx, name="meeting_brief_docx"),
    path("meetings/<slug:slug>.ics", views.meeting_ics, name="meeting_ics"),
    path("meetings/<slug:key>.json", views.record_json, {"kind": "meeting"}, name="meeting_json"),
    # /participants/
    path("participants/", views.participant_list, name="participant_list"),
    path(
        "participants.csv", views.list_csv, {"table": "participants"}, name="participant_list_csv"
    ),
    path(
        "participants.json",
        views.list_json,
        {"table": "participants"},
        name="participant_list_json",
    ),
    path(
        "participants.xlsx",
        views.list_xlsx,
        {"table": "participants"},
        name="participant_list_xlsx",
    ),
    path(
        "participants.atom",
        views.list_atom,
        {"table": "participants"},
        name="participant_list_atom",
    ),
    path("participants/<slug:code>/", views.participant_detail, name="participant_detail"),
    path(
        "participants/<slug:key>.json",
        views.record_json,
        {"kind": "participant"},
        name="participant_json",
    ),
    # /themes/
    path("themes/", views.theme_list, name="theme_list"),
    path("themes.csv", views.list_csv, {"table": "themes"}, name="theme_list_csv"),
    path("themes.json", views.list_json, {"table": "themes"}, name="theme_list_json"),
    path("themes.xlsx", views.list_xlsx, {"table": "themes"}, name="theme_list_xlsx"),
    path("themes.atom", views.list_atom, {"table": "themes"}, name="theme_list_atom"),
    path("themes/<slug:slug>/", views.theme_detail, name="theme_detail"),
    path("themes/<slug:key>.json", views.record_json, {"kind": "theme"}, name="theme_json"),
    # /reports/
    path("reports/", views.report_list, name="report_list"),
    path("reports.csv", views.list_csv, {"table": "reports"}, name="report_list_csv"),
    path("reports.json", views.list_json, {"table": "reports"}, name="report_list_json"),
    path("reports.xlsx", views.list_xlsx, {"table": "reports"}, name="report_list_xlsx"),
    path("reports.atom", views.list_atom, {"table": "reports"}, name="report_list_atom"),
    path("reports/<slug:slug>/", views.report_detail, name="report_detail"),
    path("reports/<slug:key>.json", views.record_json, {"kind": "report"}, name="report_json"),
    # /changes/
    path("changes/", views.change_list, name="change_list"),
    path("changes.atom", views.change_list_atom, name="change_list_atom"),
    # /data/
    path("data/", views.data, name="data"),
    path("data/dictionary/", views.data_dictionary, name="data_dictionary"),
    path("data/datapackage.json", views.data_package, name="data_package"),
    path("data/openapi.json", views.openapi, name="openapi"),
    path("data/initiative-tracker.zip", views.data_archive, name="data_archive"),
    path("data/csv/<table:table>.csv", views.data_csv, name="data_csv"),
    path("data/json/<table:table>.json", views.data_json, name="data_json"),
    # /embed/
    path("embed/<slug:slug>/", views.embed, name="embed"),
    # For programs that look for pages
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", views.sitemap, name="sitemap"),
    # /about/
    path("about/method/", views.method, name="method"),
]
