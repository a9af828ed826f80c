"""Report files loaded from the desk: kept, compared and written by a thread beside the requests.

All that the requests and the thread tell one another is in the row of the upload, so that any process of any machine
can show how far it is. Whoever begins to work on an upload takes it by raising ``attempt``; what an earlier attempt
still writes, because it was only slow, is refused at the end of its transaction.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import override

from ..languages import ENGLISH
from ..models import WORKING, Upload, UploadedFile, UploadState
from .apply import PlanMoved, load
from .document import Document, read_bytes
from .id_lines import with_id_lines
from .intake import Intake
from .merge import ConflictChoices, ConflictKey, ConflictSide
from .plan_summary import plan_summary
from .plan_types import Plan
from .problems import DATABASE, PROGRAM, Cause, LoadError, Problem, causes, most_telling
from .said import Said, as_json, in_groups, nphrased, phrased
from .same_as import Answers
from .sheets import is_sheet, read_sheets
from .show import digest_of
from .stubs import missing_id

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from ..models.uploads import UploadQuerySet

logger = logging.getLogger(__name__)

# How often a thread at work says how far it is; models.uploads.SILENCE is several times as long.
BEAT_SECONDS = 2.0
# How long a request waits for the work it began: most files are done by then, and nobody sees them wait.
PATIENCE_SECONDS = 2.0
# How long files of somebody who was signed out wait for them.
LATER = datetime.timedelta(days=7)
# Causes of faults that are shown; nobody reads more at a time.
MOST_PROBLEMS = 500

Progress = Callable[[str, int], None]


# --- Keeping files --------------------------------------------------------------------------------


@transaction.atomic
def store(files: Iterable[tuple[str, bytes]], *, by: User | None) -> Upload:
    """Keep files, given by name and content, as one upload."""
    upload = Upload.objects.create(uploaded_by=by)
    UploadedFile.objects.bulk_create(
        UploadedFile(
            upload=upload,
            number=number,
            name=PurePath(name).name[-200:],
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        for number, (name, content) in enumerate(files, 1)
    )
    return upload


def store_for_later(files: Iterable[tuple[str, bytes]], *, by: User) -> Upload | None:
    """Keep files of somebody who was signed out when they sent them, until they say what becomes of them.

    Nobody compares or loads them, and nobody else sees them. None where more than an upload may hold is kept for them.
    """
    given = list(files)
    waiting = UploadedFile.objects.filter(upload__in=kept_for_later().filter(uploaded_by=by))
    size = waiting.aggregate(sum=Sum("size"))["sum"] or 0
    if (
        not given
        or size + sum(len(content) for _name, content in given) > settings.UPLOAD_MAX_BYTES
    ):
        return None
    upload = store(given, by=by)
    upload.state = UploadState.INTERRUPTED
    upload.save(update_fields=["state"])
    return upload


def kept_for_later() -> UploadQuerySet:
    """The uploads that nobody has begun to work on: their files came from somebody who was signed out."""
    return Upload.objects.filter(state=UploadState.INTERRUPTED, attempt=0)


def drop_old() -> None:
    """Drop what was uploaded long ago; of what was loaded, the names, hashes and the plan stay."""
    week_ago = timezone.now() - LATER
    kept_for_later().filter(uploaded_at__lt=week_ago).delete()
    old = timezone.now() - datetime.timedelta(days=settings.UPLOAD_KEEP_DAYS)
    uploads = Upload.objects.filter(uploaded_at__lt=old)
    UploadedFile.objects.filter(upload__in=uploads, content__isnull=False).update(content=None)
    uploads.free().exclude(state=UploadState.LOADED).delete()


def documents_of(upload: Upload) -> list[Document]:
    """The files of an upload, read and checked; raises LoadError with the faults of all of them."""
    intake = Intake()
    files = list(upload.files.all())
    for file in files:
        intake.add(lambda file=file: _read(file, is_alone=len(files) == 1))  # type: ignore[misc]
    return intake.checked()


def _read(file: UploadedFile, *, is_alone: bool) -> Sequence[Document]:
    if file.content is None:
        gone = phrased("the content was dropped after a while")
        raise LoadError([Problem(file.name, 0, gone, phrased("upload the file again"))])
    content = bytes(file.content)
    if not is_sheet(file.name, content):
        return [read_bytes(file.name, content)]
    if is_alone:
        return read_sheets(file.name, content)
    alone = phrased("a workbook or a sheet is loaded by itself")
    raise LoadError([Problem(file.name, 0, alone, phrased("upload it alone"))])


def has_made_ids(upload: Upload) -> set[int]:
    """The numbers of its files that leave ids out and are still kept."""
    numbers = set(map(int, (upload.plan or {}).get("made_ids", ())))
    kept = upload.files.filter(number__in=numbers, content__isnull=False)
    return set(kept.values_list("number", flat=True))


def with_made_ids(upload: Upload, file: UploadedFile) -> str:
    """The text of one of its files with the ids that its plan made for it; raises NotWritten and LoadError."""
    made = (upload.plan or {}).get("made_ids", {}).get(str(file.number), [])
    text = read_bytes(file.name, bytes(file.content or b"")).text
    return with_id_lines(text, {tuple(path): key for path, key in made})


# --- Working on them ------------------------------------------------------------------------------


@dataclass(slots=True)
class UploadAttempt:
    """One program at work on one upload, and how far it is."""

    upload: int
    number: int
    state: UploadState
    step: str = ""
    rows: int = 0

    def progress(self, step: str, rows: int) -> None:
        self.step, self.rows = step, rows

    def finish(self, **values: Any) -> bool:
        """Write what came of it; False where another attempt has taken over."""
        mine = Upload.objects.filter(pk=self.upload, attempt=self.number, state=self.state)
        return bool(mine.update(step="", step_rows=0, **values))

    def beat(self) -> None:
        mine = Upload.objects.filter(pk=self.upload, attempt=self.number, state=self.state)
        step = json.dumps(as_json(self.step), ensure_ascii=False)
        mine.update(beat_at=timezone.now(), step=step[:200], step_rows=self.rows)


def begin(upload: Upload, state: UploadState, **values: Any) -> UploadAttempt | None:
    """Take an upload to work on it; None where it is not to be had: someone works on it, or it is loaded."""
    number = upload.attempt + 1
    free = Upload.objects.free().filter(pk=upload.pk, attempt=upload.attempt)
    if state == UploadState.LOADING:
        free = free.filter(state=UploadState.READY)
    updated = free.exclude(state=UploadState.LOADED).update(
        state=state,
        attempt=F("attempt") + 1,
        started_at=timezone.now(),
        beat_at=timezone.now(),
        step="",
        step_rows=0,
        **values,
    )
    return UploadAttempt(upload.pk, number, state) if updated else None


def compare(upload: Upload, answers: Answers = MappingProxyType({})) -> bool:
    """Begin to make the plan of an upload; False where somebody works on it already.

    ``answers`` go before those that were given already.
    """
    values = {"has_moved": False, "problems": [], "answers": {**upload.answers, **answers}}
    attempt = begin(upload, UploadState.COMPARING, **values)
    if attempt:
        in_background(attempt, lambda: _compare(attempt))
    return attempt is not None


def apply(
    upload: Upload,
    *,
    by: User,
    chosen: Iterable[ConflictKey] = (),
    settle: bool = False,
) -> bool:
    """Begin to load an upload as its plan says; False where it is not waiting for that.

    In the conflicts ``chosen`` the file wins; in the others what stands stays, and with ``settle`` is not asked about
    again until the file changes once more.
    """
    take = ConflictChoices(
        ConflictSide.DATABASE if settle else None, dict.fromkeys(chosen, ConflictSide.FILE)
    )
    attempt = begin(upload, UploadState.LOADING, loaded_by=by, has_moved=False)
    if attempt:
        in_background(attempt, lambda: _apply(attempt, upload.digest, by, take))
    return attempt is not None


def _compare(attempt: UploadAttempt) -> None:
    upload = Upload.objects.get(pk=attempt.upload)
    try:
        attempt.progress(phrased("Checking files"), 0)
        plan = load(
            documents_of(upload), answers=upload.answers, dry_run=True, progress=attempt.progress
        )
    except LoadError as error:
        _refuse(attempt, error)
    else:
        attempt.finish(state=UploadState.READY, **_shown(plan))


def _apply(attempt: UploadAttempt, digest: str, by: User, take: ConflictChoices) -> None:
    def loaded(plan: Plan) -> None:
        done = {
            "state": UploadState.LOADED,
            "loaded_at": timezone.now(),
            "plan": plan_summary(plan),
            "load": plan.load,
        }
        if not attempt.finish(**done):
            over = phrased("another attempt to load this has begun")
            raise LoadError(
                [Problem(DATABASE, 0, over, phrased("nothing was written by this one"))]
            )

    upload = Upload.objects.get(pk=attempt.upload)
    try:
        load(
            documents_of(upload),
            by=by,
            take=take,
            answers=upload.answers,
            expected=digest,
            progress=attempt.progress,
            finish=loaded,
        )
    except PlanMoved as moved:
        attempt.finish(state=UploadState.READY, has_moved=True, **_shown(moved.plan))
    except LoadError as error:
        _refuse(attempt, error)


def _shown(plan: Plan) -> dict[str, Any]:
    return {"plan": plan_summary(plan), "digest": digest_of(plan)}


def _refuse(attempt: UploadAttempt, error: LoadError) -> None:
    by_cause = causes(error.problems)
    problems = [_fault(cause) for cause in most_telling(by_cause, MOST_PROBLEMS)]
    if (rest := len(by_cause) - len(problems)) > 0:
        more = Problem(
            "",
            0,
            nphrased("%(count)s more fault", "%(count)s more faults", rest, count=in_groups(rest)),
            phrased("correct these first"),
        )
        problems.append(_fault(Cause([more])) | {"causes": rest})
    attempt.finish(state=UploadState.REFUSED, plan=None, digest="", problems=problems)


def _files(names: Sequence[str]) -> str:
    count = len(names)
    return (
        names[0]
        if count == 1
        else nphrased("%(count)s file", "%(count)s files", count, count=count)
    )


def _fault(cause: Cause) -> dict[str, Any]:
    first = cause.problems[0]
    asked = {"row": first.row, "known": first.known} if first.row else {}
    words = {
        "file": _files(cause.files),
        "place": cause.place,
        "what": cause.what,
        "expected": cause.expected,
    }
    return {
        **words,
        "count": cause.count,
        "missing": missing_id(cause),
        # The same for those who read another language.
        "said": {name: text.kept for name, text in words.items() if isinstance(text, Said)},
        **asked,
    }


# --- Threads --------------------------------------------------------------------------------------


def in_background(attempt: UploadAttempt, work: Callable[[], None]) -> None:
    """Work in a thread of this process, and wait for it a moment.

    It is no daemon: a process that is asked to end waits for it. One that is killed writes nothing, and falls silent.
    """
    done = threading.Event()
    name = f"upload-{attempt.upload}"
    threading.Thread(target=_beat, args=(attempt, done), name=f"{name}-beat", daemon=True).start()
    threading.Thread(target=_work, args=(attempt, work, done), name=name).start()
    done.wait(PATIENCE_SECONDS)


def _work(attempt: UploadAttempt, work: Callable[[], None], done: threading.Event) -> None:
    try:
        guarded(attempt, work)
    finally:
        connection.close()
        done.set()


def guarded(attempt: UploadAttempt, work: Callable[[], None]) -> None:
    """Do the work; a fault of the program is logged and told, and the upload free again.

    What it keeps is in English; kept_words.py says it in other languages.
    """
    try:
        with override(ENGLISH):
            work()
    except Exception:
        logger.exception("The work on upload %s broke off", attempt.upload)
        fault = Problem(PROGRAM, 0, phrased("something went wrong here, and nothing was written"))
        with contextlib.suppress(DatabaseError):
            _refuse(attempt, LoadError([fault]))


def _beat(attempt: UploadAttempt, done: threading.Event) -> None:
    """Say every few seconds that somebody is at work.

    On SQLite nobody can write beside a load: there this waits as all others do; see ``release``.
    """
    while not done.wait(BEAT_SECONDS):
        try:
            attempt.beat()
        except DatabaseError:
            connection.close()
    connection.close()


def release(upload: Upload) -> bool:
    """Give up an upload whose program fell silent, and return whether that was so.

    Being able to write proves it on SQLite, where a load holds the lock of the whole database: this waits for it, and
    then sees what came of the load.
    """
    silent = Upload.objects.free().filter(pk=upload.pk, attempt=upload.attempt, state__in=WORKING)
    try:
        return bool(silent.update(state=UploadState.INTERRUPTED, attempt=F("attempt") + 1))
    except DatabaseError:
        return False
