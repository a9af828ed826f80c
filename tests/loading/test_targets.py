"""Targets by metric, currency and period, and what documents report of them: loaded, edited, exported, read back."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from initiatives.loading.problems import LoadError
from initiatives.models import Initiative, StatusUpdate, Target
from initiatives.recording import actions
from tests.admin_forms import address, filled
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report
from tests.workbooks import add, cell, edited, load_book

pytestmark = pytest.mark.django_db

FUND = """\
initiatives:
  - id: fund
    title: Canal fund
    dialogue: dialogue
    act: undertaken
    by: [uz]
    locator: para 3
    targets:
      - {metric: funding, bound: up_to, value: 300000000, currency: EUR, due: 2027}
      - {metric: funding, bound: up_to, value: 320000000, unit: USD, due: 2027}
      - {metric: students, value: 200, period: 2025}
      - {metric: students, value: 400, period: 2026}
  - id: experts
    title: Training of experts
    dialogue: dialogue
    act: adopted
    locator: para 4
    targets:
      - {metric: trained, bound: at_least, value: 500, unit: experts}
"""
NEWS = """\
initiatives:
  - id: experts
    locator: para 2
    targets: [{metric: trained, reached: 320, reached_on: 2025-03}]
updates:
  - {initiative: fund, target: {metric: funding, currency: EUR}, value: 120500000, on: 2025-04, locator: para 5}
"""


STATEMENT = report("statement", DIALOGUE)


def load_all(fund: str = FUND, news: str = NEWS, **options: Any) -> Any:
    texts = (
        VOCABULARY,
        STATEMENT,
        report("pledge", fund),
        report("news", news, published="2025-04-10"),
    )
    return load_texts(*texts, **options)


def faults_of(fund: str = FUND, news: str = NEWS) -> list[str]:
    with pytest.raises(LoadError) as refused:
        load_all(fund, news)
    return [str(problem) for problem in refused.value.problems]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_promise_in_two_currencies_and_a_target_a_year_are_loaded_shown_and_read_back(
    client: Client,
) -> None:
    load_all()
    assert load_all().changed == load_all().new == 0
    assert [(t.ref, str(t)) for t in Target.objects.order_by("ref")] == [
        ("experts/trained (experts)", "trained: at least 500 experts"),
        ("fund/funding (EUR)", "funding: up to EUR 300 million"),
        ("fund/funding (USD)", "funding: up to USD 320 million"),
        ("fund/students [2025]", "students (2025): 200"),
        ("fund/students [2026]", "students (2026): 400"),
    ]
    page = words(client.get("/initiatives/fund/").content.decode())
    assert "funding up to EUR 300 million or USD 320 million by 2027" in page
    assert "EUR 120.5 million of up to EUR 300 million as of April 2025 : Report news" in page
    assert "students ( 2026 ) 400" in page
    assert ".0000" not in page
    targets = json.loads(b"".join(client.get("/data/json/targets.json")))["targets"]
    euros = next(row for row in targets if row["ref"] == "fund/funding (EUR)")
    assert (euros["bound"], euros["value"], euros["unit"], euros["currency"]) == (
        "up_to",
        300000000,
        None,
        "EUR",
    )
    assert (euros["reached"], euros["reached_on"]) == (120500000, "2025-04")
    table = b"".join(client.get("/data/csv/targets.csv")).decode()
    assert "300000000" in table
    assert ".0" not in table
    assert actions_of(load_book(edited(lambda book: None))) == {}


def test_what_was_reached_is_an_update_without_a_status_by_which_no_status_moves(
    client: Client,
) -> None:
    load_all()
    reading = StatusUpdate.objects.get(initiative__slug="experts")
    assert (reading.status, reading.what, reading.value) == ("", "", 320)
    assert (reading.ref, reading.locator) == ("news/experts/2025-03", "para 2")
    assert reading.target == Target.objects.get(metric="trained")
    experts = reading.initiative
    assert (experts.delivery_status, experts.latest_update_on) == ("not_reviewed", None)
    assert experts.last_heard_on == "2025-03"
    page = words(client.get("/initiatives/experts/").content.decode())
    assert "320 of at least 500 experts as of March 2025" in page
    assert "Value reported" in page
    for address_ in ("/changes/", "/changes.atom", "/reports/news/"):
        assert "trained: 320 of at least 500 experts" in client.get(address_).content.decode()
    with_status = json.loads(b"".join(client.get("/initiatives.json?status=not_reviewed")))
    assert "experts" in [row["slug"] for row in with_status["initiatives"]]
    # A changed file corrects it, and the bar goes back with a withdrawal.
    plan = load_all(news=NEWS.replace("reached: 320", "reached: 410"))
    assert actions_of(plan) == {
        "report news": "changed",
        "statusupdate news/experts/2025-03": "changed",
    }
    assert "410 of at least 500" in words(client.get("/initiatives/experts/").content.decode())
    actions.withdraw(by=None, entry=StatusUpdate.objects.get(value=410), reason="Misread")
    page = words(client.get("/initiatives/experts/").content.decode())
    assert "410 of at least 500 experts as of" not in page
    assert "at least 500 experts" in page
    experts.refresh_from_db()
    assert experts.last_heard_on == "2022-04-17"


def test_a_document_means_the_only_target_that_its_words_fit() -> None:
    load_all()
    more = """\
updates:
  - {initiative: experts, target: trained, value: 400, on: 2025-06, locator: para 9}
  - {initiative: fund, target: {metric: students, period: 2026}, value: 30, locator: para 9}
"""
    load_texts(report("more", more))
    assert StatusUpdate.objects.get(value=400).target == Target.objects.get(metric="trained")
    with pytest.raises(LoadError) as refused:
        load_texts(report("vague", more.replace("{metric: students, period: 2026}", "students")))
    (problem,) = refused.value.problems
    assert problem.what == "“students” may be several targets of “fund”"
    assert problem.expected == "say which by period, unit or currency: 2025; 2026"


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "currency: Euro, due",
            "“currency”: “Euro” is no currency of ISO 4217 (did you mean EUR?)",
        ),
        ("currency: UDS, due", "“currency”: “UDS” is no currency of ISO 4217 (did you mean USD?)"),
        ("currency: [EUR], due", "“currency” is a list (expected text)"),
        (
            "currency: EUR, unit: people, due",
            "a target has a unit or a currency (keep one of the two)",
        ),
        ("currency: EUR, bound: over, due", "“bound” cannot be “over”"),
        ("currency: EUR, period: FY27, due", "“period”: “FY27” is not a date"),
    ],
)
def test_a_fault_in_a_target_is_told_with_its_place(typed: str, told: str) -> None:
    first = "bound: up_to, value: 300000000, currency: EUR, due"
    (fault,) = faults_of(FUND.replace(first, f"value: 300000000, {typed}"))
    assert fault.startswith("file-3.yaml, line 1")
    assert told in fault


@pytest.mark.parametrize(
    "number", ["-1", "NaN", "1e400", "inf", "1234567890123456", "9" * 30, "=1+1"]
)
def test_a_number_that_is_none_is_refused(number: str) -> None:
    for fund, news in (
        (FUND.replace("300000000", number), NEWS),
        (FUND, NEWS.replace("320,", f"{number},")),
    ):
        assert faults_of(fund, news)
    assert not Target.objects.exists()


def test_an_update_has_a_status_or_a_value() -> None:
    of_target = "target: {metric: funding, currency: EUR}, value: 120500000, "
    assert "“status” is missing (status: …)" in faults_of(news=NEWS.replace(of_target, ""))[0]
    assert "“target” has no value" in faults_of(news=NEWS.replace(", value: 120500000", ""))[0]
    assert (
        "“what” is missing (what: …)"
        in faults_of(
            news=NEWS.replace("{initiative: fund,", "{initiative: fund, status: under_way,")
        )[0]
    )
    assert (
        "has no target “fundin” (did you mean “funding”?)"
        in faults_of(news=NEWS.replace("{metric: funding, currency: EUR}", "fundin"))[0]
    )


def test_a_workbook_brings_targets_of_periods_and_readings_and_takes_them_back() -> None:
    load_all()

    def edit(book: Any) -> None:
        cited = {"report": "pledge", "locator": "annex"}
        for period, value in ((2027, 500), (2028, 600)):
            add(
                book["Targets"],
                initiative="fund",
                metric="students",
                period=period,
                value=value,
                **cited,
            )
        add(
            book["Targets"],
            initiative="fund",
            metric="loans",
            currency="kzt",
            bound="about",
            value=7,
            **cited,
        )
        said = {"initiative": "fund", "report": "news", "locator": "para 8", "on": "2025-05"}
        add(book["Updates"], **said, target="students", target_period="2026", value=40.5)
        page = book["Updates"]
        row = next(n for n in range(2, page.max_row + 1) if cell(page, n, "value").value == 320)
        assert (cell(page, row, "target").value, cell(page, row, "target_unit").value) == (
            "trained",
            "experts",
        )
        cell(page, row, "value").value = 330

    plan = load_book(edited(edit))
    assert actions_of(plan) == {
        "target fund/students [2027]": "new",
        "target fund/students [2028]": "new",
        "target fund/loans (KZT)": "new",
        **{
            f"citation pledge/target/fund/{name}": "new"
            for name in ("students [2027]", "students [2028]", "loans (KZT)")
        },
        "statusupdate news/fund/2025-05": "new",
        "statusupdate news/experts/2025-03": "changed",
    }
    assert str(Target.objects.get(metric="loans")) == "loans: about KZT 7"
    assert StatusUpdate.objects.get(on="2025-05").reading == "students (2026): 40.5 of 400"
    assert StatusUpdate.objects.current().get(target__metric="trained").value == 330
    assert actions_of(load_book(edited(lambda book: None))) == {}
    assert load_all().new == load_all().changed == 0


def test_the_desk_records_a_value_without_a_status_and_only_then(admin_client: Client) -> None:
    load_all()
    experts = Initiative.objects.get(slug="experts")
    url = address(experts, "record_status")
    typed = filled(admin_client.get(url), what="", status="", locator="p. 4", on="2025-07")
    typed["report"] = StatusUpdate.objects.get(value=320).report_id
    refused = admin_client.post(url, typed)
    assert "only a value of a target is reported without one" in refused.content.decode()
    target = Target.objects.get(metric="trained")
    refused = admin_client.post(url, typed | {"target": target.pk, "value": "1e400"})
    assert refused.status_code == 200
    other = Target.objects.filter(initiative__slug="fund")[0]
    refused = admin_client.post(url, typed | {"target": other.pk, "value": "3"})
    assert refused.status_code == 200
    before = experts.latest_update_on, experts.delivery_status
    doubted = admin_client.post(
        url, typed | {"target": target.pk, "value": "430", "_confirm": "report"}
    )
    assert doubted.status_code == 302
    experts.refresh_from_db()
    assert (experts.latest_update_on, experts.delivery_status) == before
    assert experts.last_heard_on == "2025-07"
    assert StatusUpdate.objects.get(on="2025-07").value == Decimal(430)
    page = admin_client.get(
        address(StatusUpdate.objects.get(on="2025-07"), "change")
    ).content.decode()
    assert "trained: 430 of at least 500 experts" in page
    # A target is edited beside its initiative, and a unit that is a currency is one.
    form = admin_client.get(address(target, "change"))
    assert 'value="500"' in form.content.decode()
    admin_client.post(address(target, "change"), filled(form, unit="EUR", value="500.50"))
    target.refresh_from_db()
    assert (target.unit, target.currency, str(target.value)) == ("", "EUR", "500.5")
    # It keeps its name, by which loads and sheets find it.
    assert target.ref == "experts/trained (experts)"
    plan = load_all()
    assert plan.new == plan.changed == 0
    kept = {change.field for item in plan.items for change in item.kept}
    assert kept == {"value", "unit"}
    assert actions_of(load_book(edited(lambda book: None))) == {}
