"""The boxes of a form in the HTML of a page, as a browser would send them back.

For requests at the same time: what Django's test client keeps of a page's context mixes those of several threads.
"""

from __future__ import annotations

from html.parser import HTMLParser


class _Boxes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value if value is not None else "" for name, value in attrs}
        name = found.get("name", "")
        match tag:
            case "select":
                self._select = name
            case "option" if self._select and "selected" in found:
                self.data.setdefault(self._select, []).append(found.get("value", ""))
            case "textarea":
                self._textarea = name
                self.data[name] = [""]
            case "input" if name and found.get("type") not in ("submit", "button"):
                is_ticked = found.get("type") in ("checkbox", "radio")
                if not is_ticked or "checked" in found:
                    value = found.get("value", "on" if is_ticked else "")
                    self.data.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # The first line break of a text box is not part of it.
            self.data[self._textarea][0] += (
                data.removeprefix("\n") if not self.data[self._textarea][0] else data
            )


def boxes_of(html: str) -> dict[str, list[str]]:
    """All that the forms of a page would send, by name; what only a click on a button sends is left out."""
    parser = _Boxes()
    parser.feed(html)
    parser.data.pop("csrfmiddlewaretoken", None)
    return parser.data
