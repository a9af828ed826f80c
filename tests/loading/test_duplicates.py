"""Nothing is loaded twice in silence: the file, or the desk, says whether a row is the same or another one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.loading.problems import LoadError
from initiatives.loading.similarity import SimilarTitles, comparable_address
from initiatives.models import (
    Initiative,
    LoadedFact,
    Meeting,
    Mention,
    Report,
    Role,
    StatusUpdate,
    Upload,
    UploadState,
)
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report
from tests.upload_pages import decide, faults, page, uploaded

FILE = report(body=FULL, url="https://www.mofa.example/statement/?lang=en&utm_source=x#para-6")
TITLE = "Central Asian Digital University"


def refused(*texts: str) -> list[str]:
    """What the load of these files is refused for, in words."""
    with pytest.raises(LoadError) as error:
        load_texts(*texts)
    return [str(problem) for problem in error.value.problems]


# --- What is the same -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "is_same"),
    [
        ("http://mofa.example/a", True),
        ("https://MOFA.example/a/#top", True),
        ("https://www.mofa.example/a?utm_source=mail&fbclid=1", True),
        ("https://web.archive.org/web/20220417000000/http://www.mofa.example/a/", True),
        ("https://mofa.example/a?page=2", False),
        ("https://mofa.example/A", False),
        ("https://mofa.example/a#!/b", False),
        ("https://en.mofa.example/a", False),
    ],
)
def test_addresses_are_compared_without_what_makes_no_other_page(
    address: str, is_same: bool
) -> None:
    same = comparable_address(address) == comparable_address("https://www.mofa.example/a")
    assert same is is_same


@pytest.mark.parametrize(
    ("title", "is_found"),
    [
        ("central asian digital university", True),
        ("The Digital University of Central Asia", True),
        ("Establishment of the Central Asian Digital University", True),
        ("Central Asian Digital Univercity", True),
        ("Central-Asian DigitalUniversity", True),
        ("Japan Digital University", False),
        ("Central Asian Digital Hub", False),
        ("Central Asian Digital University 2", False),
    ],
)
def test_titles_of_the_same_words_are_the_same(title: str, is_found: bool) -> None:
    titles = SimilarTitles()
    titles.add("university", TITLE)
    assert (titles.find(title) == "university") is is_found


def test_titles_of_the_fixtures_that_come_nearest_are_told_apart() -> None:
    titles = SimilarTitles()
    for title, other in (
        (
            "“One Village – One Product” in Kyrgyzstan",
            "“One Village One Product” in Karakalpakstan",
        ),
        (
            "Fourth Foreign Ministers’ Meeting in Japan",
            "Eighth Foreign Ministers’ Meeting in Japan",
        ),
        ("Action plan 2023", "Action plan 2024"),
        ("第4回外相会合", "第5回外相会合"),
        ("Support for exports", "Support for imports"),
    ):
        titles.add(title, title)
        assert titles.find(other) is None
        assert titles.find(f"the {title.upper()}") == title


# --- Records --------------------------------------------------------------------------------------


def other_report(**fields: str) -> str:
    return report("copy", title="Another title", **fields)


SAME_ADDRESS = {"archived_url": "http://mofa.example/statement?lang=en"}


@pytest.mark.django_db
def test_a_report_at_the_address_of_another_is_refused_in_a_later_load_or_the_same() -> None:
    told = "line 2: the report “copy” has the address of “statement” (write same_as: statement"
    copy = other_report(**SAME_ADDRESS)
    assert told in refused(VOCABULARY, FILE, copy)[0]
    load_texts(VOCABULARY, FILE)
    (problem,) = refused(copy)
    assert told in problem
    # Two languages of one document may stand on one page.
    assert actions_of(load_texts(other_report(translation_of="statement", **SAME_ADDRESS)))
    another = other_report(new="true", **SAME_ADDRESS).replace("id: copy", "id: other")
    assert actions_of(load_texts(another)) == {"report other": "new"}
    assert actions_of(load_texts(another)) == {}
    assert actions_of(load_texts(another.replace("  new: true\n", ""))) == {
        "report other": "changed"
    }
    assert (
        "has the title, publisher, day and language"
        in refused(
            FILE.split("dialogues:", maxsplit=1)[0]
            .replace("id: statement", "id: again")
            .replace("mofa.example", "elsewhere.example")
        )[0]
    )


@pytest.mark.django_db
def test_a_report_that_is_the_same_gives_all_that_it_says_to_the_known_one() -> None:
    load_texts(VOCABULARY, FILE)
    body = """\
initiatives:
  - {id: university, act: supported, by: [jp], locator: para 9, roles: {lead: [uz]}}
updates:
  - {initiative: university, status: under_way, on: 2024, what: The roof is on., locator: para 10}
"""
    same = other_report(same_as="statement", **SAME_ADDRESS) + body
    sha256 = Report.objects.get().sha256
    plan = load_texts(same)
    assert not {"conflict", "gone"} & set(actions_of(plan).values())
    known = Report.objects.get()
    assert (known.slug, known.title, known.sha256) == ("statement", "Report statement", sha256)
    assert known.archived_url == SAME_ADDRESS["archived_url"]
    assert StatusUpdate.objects.get(on="2024").ref == "statement/university/2024"
    assert Mention.objects.get(act="supported").report == known
    assert Role.objects.get(role="lead").citations.get().report == known
    for text in (same, FILE):
        assert actions_of(load_texts(text)) == {}
    assert actions_of(load_texts(FILE, same)) == {}
    assert LoadedFact.objects.filter(source="copy", kind="report", key="statement").exists()


MEETING = """\
meetings:
  - {id: ministers, dialogue: dialogue, kind: foreign_ministers, title: Ministers, starts: 2022-04-15, locator: para 2}
"""
NEARLY = """\
initiatives:
  - id: academy
    title: Digital universities
    dialogue: dialogue
    raised_at: ministers
    act: supported
    by: [jp]
    locator: para 2
updates:
  - {initiative: academy, status: under_way, on: 2024, what: The roof is on., locator: para 3}
"""


@pytest.mark.django_db
def test_meetings_and_initiatives_that_look_known_are_refused_until_the_file_says_which() -> None:
    load_texts(VOCABULARY, FILE)
    text = report("later", MEETING + NEARLY)
    told = [
        "line 9: the meeting “ministers” has the dialogue, kind and first day of “fm-1”",
        "line 11: the initiative “academy” has the title, or nearly, and the dialogue of “university”",
    ]
    problems = refused(text)
    assert all(words in problem for words, problem in zip(told, problems, strict=True))
    same = text.replace("id: ministers,", "id: ministers, same_as: fm-1,")
    same = same.replace("id: academy", "id: academy\n    same_as: university")
    same = same.replace(
        "title: Digital universities", "title: {en: Digital universities, ja: 大学}"
    )
    plan = load_texts(same)
    assert "conflict" not in actions_of(plan).values()
    initiative = Initiative.objects.get()
    assert (initiative.title, initiative.raised_at) == ("Digital university", Meeting.objects.get())
    assert initiative.updates.filter(ref="later/university/2024").exists()
    assert initiative.translations == {"title": {"ja": "大学"}}
    assert actions_of(load_texts(same)) == {}
    other = same.replace("{en: Digital universities, ja: 大学}", "{en: Universities, ja: 電子大学}")
    assert actions_of(load_texts(other))["initiative university"] == "changed"
    # The language is that of the title which does not come.
    japanese = other.replace("{en: Universities, ja: 電子大学}", "電子大学\n    language: ja")
    load_texts(japanese)
    initiative.refresh_from_db()
    assert (initiative.language, initiative.title) == ("en", "Digital university")
    twice = japanese.replace("title: 電子大学", "title: {ja: 電子大学, en: E-university}")
    assert "title.en is given too" in refused(twice)[0]
    assert "cannot be" not in str(refused(same.replace("same_as: fm-1", "same_as: fm-2")))
    both = same.replace("same_as: university", "same_as: university\n    new: true")
    assert "contradict" in refused(both)[0]


@pytest.mark.django_db
def test_another_one_of_nearly_the_same_title_is_new_once_and_the_same_afterwards() -> None:
    load_texts(VOCABULARY, FILE)
    text = report("later", NEARLY.replace("    raised_at: ministers\n", ""))
    another = text.replace("id: academy", "id: academy\n    new: true")
    assert actions_of(load_texts(another))["initiative academy"] == "new"
    assert actions_of(load_texts(another)) == {}
    assert set(actions_of(load_texts(text))) == {"report later"}
    # In another dialogue the same title is another initiative.
    make.dialogue("sister")
    sister = text.replace("dialogue: dialogue", "dialogue: sister").replace("academy", "third")
    assert actions_of(
        load_texts(
            sister.replace("id: later", "id: latest")
            .replace("Report later", "Report latest")
            .replace("The roof is on.", "It has a roof.")
        )
    )


# --- Entries --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_mention_or_status_twice_is_refused_with_both_places() -> None:
    mention = "  - {id: university, act: supported, by: [jp], locator: para 9}\n"
    twice = report("twice", "initiatives:\n" + mention * 2)
    first = load_texts(VOCABULARY, FILE)
    assert first.new
    assert refused(twice) == [
        (
            "file-1.yaml, line 10: the same in the same words is said in file-1.yaml, line 9 (take it out, or write"
            " new: true)"
        )
    ]
    update = "  - {initiative: university, status: under_way, on: 2023, what: %s, locator: p 1}\n"
    known = report("known", "updates:\n" + update % "building has begun in TASHKENT")
    (problem,) = refused(known)
    assert "recorded already: “statement/university/2023”" in problem
    said = known.replace("locator: p 1", "locator: p 1, new: true")
    assert actions_of(load_texts(said)) == {
        "report known": "new",
        "statusupdate known/university/2023": "new",
    }
    assert actions_of(load_texts(said)) == {}
    # Another participant's part is another status.
    assert load_texts(
        report("part", "updates:\n" + update % "Building has begun in Tashkent.").replace(
            "locator: p 1", "locator: p 1, of: jp"
        )
    ).new


# --- At the desk ----------------------------------------------------------------------------------

SHEET = """\
ref,initiative,status,on,what,report,locator,of,note
,university,under_way,2024-11-02,Work began,statement,p 2,,
,university,under_way,2024-11-02,Work began,statement,p 2,,
"""


def answer(client: Client, upload: Upload, **answers: str) -> Upload:
    data = {name.replace("_", "-"): value for name, value in answers.items()}
    reply = client.post(reverse("admin:initiatives_upload_compare", args=[upload.pk]), data)
    assert reply.status_code == 302
    upload.refresh_from_db()
    return upload


@pytest.mark.django_db(transaction=True)
def test_the_desk_asks_of_each_row_what_it_is(admin_client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    upload = uploaded(admin_client, twice__csv=SHEET)
    assert faults(upload) == [
        ("twice.csv", "cell A3", "the same in the same words is said in twice.csv, cell A2")
    ]
    shown = page(admin_client, upload)
    assert "It is another one" in shown
    assert "1 row that looks as if it was here already" in shown
    # Without an answer it is asked again.
    assert answer(admin_client, upload).state == UploadState.REFUSED
    answer(admin_client, upload, answer_0="same")
    assert upload.state == UploadState.READY
    assert upload.plan
    assert upload.plan["new"] == 1
    assert decide(admin_client, upload).state == UploadState.LOADED
    assert StatusUpdate.objects.filter(what="Work began").count() == 1
    upload = answer(admin_client, uploaded(admin_client, twice__csv=SHEET), answer_0="another")
    decide(admin_client, upload)
    assert StatusUpdate.objects.filter(what="Work began").count() == 2

    later = report("later", MEETING + NEARLY)
    upload = uploaded(admin_client, later__yaml=later)
    assert len(faults(upload)) == 2
    answer(admin_client, upload, answer_0="another", answer_1="same")
    decide(admin_client, upload)
    assert set(Meeting.objects.values_list("slug", flat=True)) == {"fm-1", "ministers"}
    assert Initiative.objects.get().updates.filter(report__slug="later").exists()

    # Where something else is wrong, that is to be corrected first.
    upload = uploaded(
        admin_client,
        wrong__yaml=later.replace("by: [jp]", "by: [xx]")
        .replace("id: later", "id: third")
        .replace("id: academy", "id: new-academy"),
    )
    assert upload.state == UploadState.REFUSED
    assert "It is another one" not in page(admin_client, upload)
