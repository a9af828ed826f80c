from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class InitiativesConfig(AppConfig):
    name = "initiatives"
    verbose_name = "Initiatives and follow-up"

    def ready(self) -> None:
        from .admin.account import sign_in

        sign_in.connect_log()


class DeskConfig(AdminConfig):
    default_site = "initiatives.admin.site.DeskSite"
