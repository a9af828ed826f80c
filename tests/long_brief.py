"""A dialogue of which a brief is as long as a brief can be, in the scripts that take the most room."""

from __future__ import annotations

from typing import Any

from initiatives.models import Dialogue, Initiative, Participant, Report, Role
from initiatives.recording import actions
from tests import make

# What takes the most room of a script: wide characters, capitals, one that is as wide as a line, marks above marks.
TEXTS = {
    "wide": "協力に関する日本と中央アジアの共同の取り組み",
    "capitals": "WWWW MMMM WWWWWWWW ",
    "cyrillic": "ЩЩЖЖ ШИРОКИЕ ЮЮЮЖ ",
    "ligature": "﷽",
    "pictures": "👩‍👩‍👧‍👦 🏴‍☠️ ",
    "marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞ ",
}


def fill(dialogue: Dialogue, japan: Participant, text: str) -> None:
    """As much of everything as a brief has room for, all of it long."""

    def long(length: int) -> str:
        return (text * length)[:length].strip()

    meetings = [
        make.meeting(
            f"m-{year}",
            dialogue=dialogue,
            title=long(300),
            city=long(200),
            starts_on=year,
            ends_on=year,
            state=state,
        )
        for year, state in (
            ("2020-09-28", "held"),
            ("2998-09-28", "planned"),
            ("2999-09-28", "planned"),
        )
    ]
    report = make.report(title=long(500), published_on="2022-11-30", kind="statement")
    shared: dict[str, Any] = {"raised_at": meetings[0], "theme": make.theme(), "report": report}
    initiatives = make.initiatives(240, participant=japan, **shared)
    for number in range(5):
        other = make.participant(name=f"{number}{long(199)}")
        Role.objects.bulk_create(
            Role(initiative=one, participant=other, role="proposer") for one in initiatives
        )
    actions.refresh(one.pk for one in initiatives)
    for number in range(30):
        make.attendance(
            meeting=meetings[0],
            participant=make.participant(name=f"{number}{long(190)}"),
            heads=[long(200)],
            capacity="observer",
        )
    Report.objects.update(title=long(500))
    Initiative.objects.update(title=long(300))
    for third, due in ((0, "2021-09-30"), (1, "2999-09-30")):
        keys = [one.pk for one in initiatives[third::3]]
        Initiative.objects.filter(pk__in=keys).update(due_on=due)
    newer = make.report(title=long(500), published_on="2023-11-30", kind="statement")
    for one in initiatives[:20]:
        make.update(
            initiative=one,
            participant=japan,
            report=newer,
            on="2022-09-30",
            status="no_information",
            what=long(600),
            locator=long(200),
        )
