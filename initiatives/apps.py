from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class InitiativesConfig(AppConfig):
    name = "initiatives"
    verbose_name = "Initiatives and follow-up"

    def ready(self) -> None:
        from .admin.account import form_recovery, sign_in
        from .as_of import kept_days
        from .exports import made_files
        from .models import removed
        from .recording import missing_texts
        from .serving import dependencies, installed_triggers, page_cache

        sign_in.connect_log()
        for wing in (page_cache, kept_days, made_files, form_recovery):
            removed.connect(wing.forget_removed)
        connection_created.connect(dependencies.watch)
        pre_migrate.connect(installed_triggers.before_migrations, sender=self)
        post_migrate.connect(installed_triggers.after_migrations, sender=self)
        post_migrate.connect(missing_texts.after_migrations, sender=self)


class DeskConfig(AdminConfig):
    default_site = "initiatives.admin.site.DeskSite"
