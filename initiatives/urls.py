"""The addresses of the public pages."""

from django.urls import path

from . import views

app_name = "initiatives"
urlpatterns = [
    # /
    path("", views.home, name="home"),
    # /initiatives/
    path("initiatives/", views.initiative_list, name="initiative_list"),
    path("initiatives.csv", views.initiative_list_csv, name="initiative_list_csv"),
    path("initiatives.json", views.initiative_list_json, name="initiative_list_json"),
    path("initiatives.xlsx", views.initiative_list_xlsx, name="initiative_list_xlsx"),
    path("initiatives/<slug:slug>/", views.initiative_detail, name="initiative_detail"),
    # /dialogues/
    path("dialogues/", views.dialogue_list, name="dialogue_list"),
    path("dialogues/<slug:slug>/", views.dialogue_detail, name="dialogue_detail"),
    # /meetings/
    path("meetings/", views.meeting_list, name="meeting_list"),
    path("meetings/<slug:slug>/", views.meeting_detail, name="meeting_detail"),
    # /participants/
    path("participants/", views.participant_list, name="participant_list"),
    path("participants/<slug:code>/", views.participant_detail, name="participant_detail"),
    # /themes/
    path("themes/", views.theme_list, name="theme_list"),
    path("themes/<slug:slug>/", views.theme_detail, name="theme_detail"),
    # /reports/
    path("reports/", views.report_list, name="report_list"),
    path("reports/<slug:slug>/", views.report_detail, name="report_detail"),
    # /about/
    path("about/method/", views.method, name="method"),
]
