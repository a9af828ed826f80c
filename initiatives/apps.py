from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class InitiativesConfig(AppConfig):
    name = "initiatives"
    verbose_name = "Initiatives and follow-up"

    def ready(self) -> None:
        from . import door

        door.watch()


class DeskConfig(AdminConfig):
    default_site = "initiatives.desk.Desk"
