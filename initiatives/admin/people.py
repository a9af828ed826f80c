"""Staff and their groups: Django's own admins, with lists as safe as the rest."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from .lists import ListAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class StaffAdmin(ListAdmin[User], UserAdmin[User]):
    pass


@admin.register(Group)
class StaffGroupAdmin(ListAdmin[Group], GroupAdmin):
    pass
