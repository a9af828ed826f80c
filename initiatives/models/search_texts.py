"""What search reads, and how readers of the database learn that it has changed."""

from __future__ import annotations

from django.db import models

from .initiatives import Initiative
from .records import Record, RecordQuerySet, once_public_initiative, shown_initiative


class SearchTextQuerySet(RecordQuerySet["SearchText"]):
    def public(self) -> SearchTextQuerySet:
        return self.filter(shown_initiative("initiative__"))

    def once_public(self) -> SearchTextQuerySet:
        return self.filter(once_public_initiative("initiative__"))


class SearchText(Record):
    """The folded words of an initiative and of what hangs on it; written by actions.refresh."""

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="search_text")
    title = models.TextField()
    body = models.TextField()

    natural_key_fields = ("initiative",)
    objects = SearchTextQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title.strip()


class SearchPosting(models.Model):
    """Initiatives in whose words a term stands, as sets of primary keys (Roaring bitmaps), as of one change of them.

    What a term stands in is all its rows by ``id``: of each initiative the last one that names it counts. Those in
    ``body`` have the term from then on, those in ``title`` in their title too, those in ``gone`` not any more;
    ``places`` are those of the term in their texts (``search/terms.py``).
    """

    # UTF-8, which no collation of a database puts in another order.
    term = models.BinaryField(db_index=True)
    body = models.BinaryField()
    title = models.BinaryField()
    gone = models.BinaryField(default=b"")
    places = models.BinaryField()

    def __str__(self) -> str:
        return bytes(self.term).decode()


class DataVersion(models.Model):
    """One row that counts the transactions that changed anything public; triggers move it.

    ``mark`` is drawn anew for each, so that two histories of a database never look alike (``serving/triggers.py``).
    """

    number = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class DataChange(models.Model):
    """One change noted by a trigger: of a row, of any rows of a table (no ``row``), or of anything (no ``table``).

    Rows that refer to initiatives are noted as changes of those (``serving/triggers.py``). ``number`` is the data
    version that a note belongs to; empty until its transaction commits, and always on SQLite, where there is one
    writer and the order of ``id`` is the order of commits.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(null=True, db_index=True)
    # That of the version to which it led: what was kept at a version is of this history while its mark is noted.
    mark = models.BigIntegerField(null=True)
    # With a default of the database: until an earlier release's triggers are replaced, they go on noting.
    table = models.CharField(max_length=63, blank=True, default="", db_default="")
    row = models.BigIntegerField(null=True)
    # What those write, and what the processes of that release read; always empty now, “anything” to them.
    initiative_key = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.number}: {self.table} {self.row}"
