import threading
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.urls import base
from django.utils.translation import gettext_lazy, trans_real


class InitiativesConfig(AppConfig):
    name = "initiatives"
    verbose_name = gettext_lazy("Initiatives and follow-up")

    def ready(self) -> None:
        from .admin.account import form_recovery, sign_in
        from .admin.row_names import say_names
        from .as_of import kept_days
        from .exports import made_files
        from .languages import checks  # noqa: F401
        from .models import compiled, removed
        from .recording import missing_texts
        from .search import letter_case, names_in_languages
        from .serving import dependencies, installed_triggers, page_cache

        letter_case.register()
        names_in_languages.register()
        sign_in.connect_log()
        for wing in (page_cache, kept_days, made_files, form_recovery):
            removed.connect(wing.forget_removed)
        connection_created.connect(dependencies.watch)
        connection_created.connect(compiled.plan_for_any_values)
        pre_migrate.connect(installed_triggers.before_migrations, sender=self)
        post_migrate.connect(installed_triggers.after_migrations, sender=self)
        post_migrate.connect(missing_texts.after_migrations, sender=self)
        say_names()
        forget_empty_catalogues()
        keep_languages_by_thread()


def forget_empty_catalogues() -> None:
    """Take a text that British English has no other words for as it is, without looking into those of all English.

    Django puts one for each of its apps behind, in which nothing stands; to ask them all for every text of a page took
    a twentieth of its time.
    """
    english: Any = trans_real.translation(settings.LANGUAGE_CODE)
    english._fallback = None


def keep_languages_by_thread() -> None:
    """Keep what language a page is in, and below which prefix, where a thread finds it at once.

    Django keeps both where coroutines find them too, of which there are none here; to look there some 500 times took a
    twentieth of the time of a list.
    """
    prefix = base.get_script_prefix()
    for module, name in ((trans_real, "_active"), (base, "_prefixes")):
        setattr(module, name, threading.local())
    base.set_script_prefix(prefix)


class DeskConfig(AdminConfig):
    default_site = "initiatives.admin.site.DeskSite"
