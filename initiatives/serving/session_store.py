"""Sessions in the database, as Django's."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Is not written twice with the same content.

    A view that writes the session in the transaction of what belongs to it leaves the middleware nothing that could
    fail when the answer is made.
    """

    _written: tuple[str | None, bytes] | None = None

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None or self._written != self._content():
            super().save(must_create)
            self._written = self._content()

    def _content(self) -> tuple[str | None, bytes]:
        return self.session_key, self.serializer().dumps(dict(self.items()))
