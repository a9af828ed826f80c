"""A broken file is named with its line, what is wrong and the cure; nothing is written."""

from __future__ import annotations

import contextlib
import os
import re
from collections import defaultdict
from pathlib import Path

import hypothesis.strategies as st
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings

from initiatives.loading import yaml_text
from initiatives.loading.apply import load
from initiatives.loading.document import MAX_BYTES, find_files, read_bytes
from initiatives.loading.encodings import TextError
from initiatives.loading.intake import Intake
from initiatives.loading.problems import MOST_CAUSES, MOST_PLACES, LoadError
from initiatives.models import DeliveryStatus
from tests.extent import TIMES
from tests.report_files import FULL, VOCABULARY, load_texts, report, row_counts
from tests.rewriting import rewritten

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(
    path.name for path in BROKEN.iterdir() if path.name not in ("known", "faults.txt", "slips.txt")
)


def expected_faults() -> dict[str, list[str]]:
    """The lines of faults.txt by file or folder: the faults that a load has to name."""
    faults: dict[str, list[str]] = defaultdict(list)
    text = (BROKEN / "faults.txt").read_text()
    for line in text.replace("{statuses}", ", ".join(DeliveryStatus.values)).splitlines():
        faults[re.split("[/,]", line)[0]].append(line)
    return faults


EXPECTED = expected_faults()


def faults(*arguments: str) -> list[str]:
    with pytest.raises(CommandError) as caught:
        call_command("load_report", *arguments, verbosity=0)
    # What is missing stands below, as blocks to fill in.
    told, _empty, _blocks = str(caught.value).partition("\n\n")
    return [line.strip() for line in told.splitlines()[1:]]


@pytest.fixture
def in_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)


@pytest.fixture
def known(in_broken: None, db: None) -> None:
    """The database that the broken files meet."""
    load_known()


@rewritten
def load_known() -> None:
    call_command("load_report", "known", verbosity=0)


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_is_named_with_line_and_cure_and_changes_nothing(
    name: str, known: None
) -> None:
    before = row_counts()
    assert faults(name) == EXPECTED[name]
    assert row_counts() == before


def test_every_kind_of_fault_has_a_cure() -> None:
    assert len(CASES) >= 50
    for name in CASES:
        assert EXPECTED[name], name
        for fault in EXPECTED[name]:
            assert re.search(r"yaml, line [1-9]\d*: .+ \(.+\)$", fault), fault


@pytest.mark.usefixtures("known")
def test_all_unreadable_files_are_named_at_once() -> None:
    alone = [name for name in CASES if name.endswith(".yaml")]
    unreadable = [name for name in alone if _is_unreadable(BROKEN / name)]
    assert len(unreadable) > 30
    told = faults(*alone)
    for file, what in (_place(fault) for name in unreadable for fault in EXPECTED[name]):
        assert any(file in fault and what in fault for fault in told), what
    # What other files refer to is told in the same round.
    assert "missing-references.yaml, line 14: there is no participant “zz”" in "\n".join(told)


def _is_unreadable(path: Path) -> bool:
    try:
        read_bytes(path.name, path.read_bytes())
    except LoadError:
        return True
    return False


def _place(fault: str) -> tuple[str, str]:
    """The file of a fault and what is wrong, without the cure."""
    file, what = re.fullmatch(r"(.+?), line \d+: (.*) \(.*\)", fault).groups()  # type: ignore[union-attr]
    return file, what


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"report:\n  id: a\n  title: \x00\n", "line 3: control character U+0000"),
        (b"report:\n  id: a\x07\n", "line 2: control character U+0007"),
        (b"report:\r\n  id: \x1b[31mred\r\n", "line 2: control character U+001B"),
        ("report:\n\n  title: a\x9fb\n".encode(), "line 3: control character U+009F"),
        (b'report:\n  title: "a\\uFEFFb"\n', "line 2: control character U+FEFF"),
        (b"report:\n  id: a\n  title: \xff\xfe\n", "line 3: this is not UTF-8 text"),
        (b"report:\r  id: a\r  title: \xe9\r", "line 3: this is not UTF-8 text"),
        (b"\xff\xfer\0e", "line 1: this begins as UTF-16 text and goes on as something else"),
        (b"report: {}\n" + b"# five megabytes\n" * 300_000, "the file is too large (at most 2 MB"),
        (b"[" * 100_000, "line 1: nested too deeply"),
        (b"{" * 100_000, "line 1: a key is a single word"),
        (b"- " * 100_000, "line 1: nested too deeply"),
        (b"? " * 100_000, "line 1: a key is a single word"),
    ],
)
def test_bytes_that_no_editor_shows_are_refused(data: bytes, fault: str) -> None:
    with pytest.raises(LoadError) as caught:
        read_bytes("file.yaml", data)
    assert fault in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_file_of_five_megabytes_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.yaml").write_bytes(b"report: {}\n" + b"#" * 5_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    assert faults(str(tmp_path)) == [
        f"{tmp_path}/large.yaml: the file is too large (at most {MAX_BYTES // 10**6} MB; one file is one document)"
    ]


def test_thousands_of_equal_faults_are_one_cause_and_hide_no_other() -> None:
    body = "updates:\n" + "  - x\n" * 100_000 + "themes: []\n"
    with pytest.raises(LoadError) as caught:
        read_bytes("file.yaml", report(body=body).encode())
    assert len(caught.value.problems) == MOST_PLACES + 1
    many, other = str(caught.value).splitlines()
    assert many == (
        "file.yaml, lines 9–1008 and 99,000 more: “updates” is “x”, in 100,000 places"
        " (expected a mapping of keys and values)"
    )
    assert other.startswith("file.yaml, line 100009: unknown key “themes”")


def test_thousands_of_causes_are_counted_and_the_first_told() -> None:
    body = "".join(f"section-{number}: x\n" for number in range(MOST_CAUSES + 50))
    with pytest.raises(LoadError) as caught:
        read_bytes("file.yaml", report(body=body).encode())
    assert len(caught.value.problems) == MOST_CAUSES + 1
    assert "50 more faults in this file" in str(caught.value)


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_marks_and_all_line_ends_are_fine(end: str, mark: str) -> None:
    load_texts(VOCABULARY, mark + report(body=FULL).replace("\n", end))
    plan = load_texts(VOCABULARY, report(body=FULL), dry_run=True)
    # Only the checksum of the file differs.
    assert [item.name for item in plan.items if item.changes] == ["statement"] * (
        mark + end != "\n"
    )


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "locked.yaml"
    file.write_text(report())

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert faults(str(file)) == [
        f"{file}: cannot be read: Permission denied (check the path and its permissions)"
    ]


def test_paths_that_lead_nowhere_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("not a report file")
    long = tmp_path / ("long" * 100 + ".yaml")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    paths = [tmp_path / "missing.yaml", tmp_path / "empty", long, tmp_path / "link.yaml"]
    assert faults(*map(str, paths)) == [
        f"{tmp_path}/empty: no .yaml files in this folder (name a folder with report files)",
        f"{tmp_path}/link.yaml; {tmp_path}/missing.yaml: there is no such file, in 2 places (correct the path)",
        f"{long}: cannot be read: File name too long (check the path and its permissions)",
    ]


def test_a_file_named_twice_is_read_once_and_folders_are_searched(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    inner, outer = tmp_path / "in" / "deep" / "b.yml", tmp_path / "a.yaml"
    for file in (inner, outer):
        file.write_text(report())
    assert find_files([outer, tmp_path, inner, tmp_path / "in"]) == [outer, inner]


def test_a_file_name_that_is_not_text_can_be_shown(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"bad-\xff.yaml")).write_text("- a")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert faults(str(tmp_path))[0].startswith(f"{tmp_path}/bad-\\udcff.yaml, line 1: ")


def test_every_value_is_text() -> None:
    text = report(body="meeting: {id: no, title: yes, kind: summit, dialogue: on, city: 1e3}\n")
    meeting = read_bytes("file.yaml", text.encode()).content.meeting  # type: ignore[union-attr]
    assert meeting
    assert (meeting.id, meeting.title, meeting.dialogue, meeting.city) == ("no", "yes", "on", "1e3")


def test_an_empty_value_says_nothing() -> None:
    text = report(body="meeting: {id: fm-1, city: , venue: ~, chair: null, note: 'null'}\n")
    meeting = read_bytes("file.yaml", text.encode()).content.meeting  # type: ignore[union-attr]
    assert meeting
    assert (meeting.city, meeting.venue, meeting.chair, meeting.note) == (None, None, [], "null")


VALID = report(body=FULL, issued_by="[jp, uz]")
PIECES = [
    *(
        "",
        "\n",
        " ",
        "  - ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "&a ",
        "*a",
        "!!map ",
        "|",
        ">",
        "~",
    ),
    *("\0", "\t", "\u2028", "9" * 30, "2022-02-30", "university", "fm-1", "statement", "proposed"),
]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"? [a]\n: b")
@example(b"%YAML 9.9\n---\na: b")
def test_arbitrary_bytes_raise_nothing_but_load_errors(data: bytes) -> None:
    with contextlib.suppress(LoadError):
        read_bytes("file.yaml", data)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid file with a few pieces cut out, doubled or replaced."""
    text = VALID
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        new = draw(st.sampled_from([*PIECES, text[start:end] * 2]) | st.text(max_size=5))
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.django_db
@settings(max_examples=30 * TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_mutated_files_load_or_raise_load_errors_and_then_write_nothing(text: str) -> None:
    with transaction.atomic():
        before, intake = row_counts(), Intake()
        # What is readable of it is compared with the database as well.
        intake.add(lambda: [read_bytes("vocabulary.yaml", VOCABULARY.encode())])
        intake.add(lambda: [read_bytes("file.yaml", text.encode())])
        try:
            load(intake.checked())
        except LoadError:
            assert row_counts() == before
        transaction.set_rollback(True)


@given(st.text(alphabet="ab\n\r #é\u2028", max_size=60))
def test_lines_are_counted_as_editors_count_them(before: str) -> None:
    data = before.encode() + b"\xff"
    with pytest.raises(TextError) as caught:
        yaml_text.decode(data)
    counted = len(before.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert caught.value.line == counted
