"""Forms sent over HTTP, with the cookies of a phone: for what only leads up to what a journey is about.

A browser is the slowest way to fill a form. What a journey is about is tapped; its scene (people, a group, a role) is
set here, by the same forms: each is read from its page, with what it already holds, so that nothing is sent that the
page does not offer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from playwright.sync_api import APIResponse, BrowserContext

Sent = dict[str, list[str]]


@dataclass
class Form:
    """A form of a page: where it goes, what it holds as it stands, its choices, its buttons (name, value)."""

    action: str
    method: str
    holds: Sent = field(default_factory=dict)
    choices: Sent = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects the forms inside ``main`` and links there."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.texts: dict[str, str] = {}
        self._main = False
        self._form: Form | None = None
        self._select = ""
        self._area = ""
        self._label: list[tuple[str, str]] | None = None
        self._said = ""
        self._id = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        self._main = self._main or tag == "main"
        if tag == "a" and self._main:
            self.links.append(given.get("href", ""))
        if given.get("id"):
            self._id = given["id"]
        if tag == "label":
            self._label, self._said = [], ""
        if tag == "form" and self._main:
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is not None:
            self._control(tag, given, self._form)

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "button" and given.get("type", "submit") == "submit":
            form.buttons.append((name, value))
        elif tag == "input" and name:
            self._input(given, name, value, form)
        elif tag == "textarea":
            self._area = name
            form.holds.setdefault(name, [""])
        elif tag == "select":
            self._select = name
        elif tag == "option":
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in given or self._select not in form.holds:
                form.holds[self._select] = [value]

    def _input(self, given: dict[str, str], name: str, value: str, form: Form) -> None:
        if given.get("type") in {"checkbox", "radio"}:
            value = given.get("value", "on")
            form.choices.setdefault(name, []).append(value)
            if given["type"] == "radio":
                form.single.add(name)
            if self._label is not None:
                self._label.append((name, value))
            if "checked" not in given:
                return
        form.holds.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = False
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "label" and self._label is not None:
            for one in self._label if self.forms else []:
                self.forms[-1].labels[one] = " ".join(self._said.split())
            self._label = None

    def handle_data(self, data: str) -> None:
        if self._id:
            self.texts[self._id] = data.strip()
            self._id = ""
        if self._area and self._form is not None:
            self._form.holds[self._area] = [data.removeprefix("\n")]
        if self._label is not None:
            self._said += data


class Desk:
    """Pages and forms of one person, without drawing anything. ``url`` and ``page`` are where they are now."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self._ask = context.request
        self._origin = origin
        self.url = origin
        self.page = _Forms()

    def open(self, path: str) -> "Desk":
        """Go to a page of the server, or to a whole address."""
        return self._arrived(self._ask.get(urljoin(self._origin, path)))

    def send(
        self,
        action: str = "",
        typed: Mapping[str, str] | None = None,
        ticks: Mapping[str, list[str]] | None = None,
        *,
        button: tuple[str, str] | None = None,
    ) -> "Desk":
        """Send the (last) form whose address ends in ``action``, by its last button or the one given.

        ``typed`` are fields by name, ``ticks`` choices to be made besides those that are. What the form does not have
        fails.
        """
        forms = [f for f in self.page.forms if f.method == "post" and f.action.endswith(action)]
        form = next(f for f in reversed(forms) if button is None or button in f.buttons)
        data = _filled(form, typed or {}, ticks or {})
        name, value = button or form.buttons[-1]
        if name:
            data[name] = [value]
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url}
        where = urljoin(self.url, form.action)
        return self._arrived(self._ask.post(where, data=urlencode(data, doseq=True), headers=kind))

    def choice(self, words: str) -> tuple[str, str]:
        """Name and value of the choice whose label holds ``words``."""
        return next(one for form in self.page.forms for one, said in form.labels.items() if words in said)

    def link(self, part: str) -> str:
        """The address of the first link in the page that holds ``part``."""
        return next(link for link in self.page.links if part in link)

    def _arrived(self, answer: APIResponse) -> "Desk":
        assert answer.ok, (answer.url, answer.status, _errors(answer.text()))
        text = answer.text()
        self.url = answer.url
        self.page = _Forms()
        self.page.feed(text)
        wrong = _errors(text)
        assert not wrong, (self.url, wrong)
        return self


def _filled(form: Form, typed: Mapping[str, str], ticks: Mapping[str, list[str]]) -> Sent:
    data = {name: list(values) for name, values in form.holds.items()}
    for name, text in typed.items():
        assert name in data, (form.action, name, sorted(data))
        data[name] = [text]
    for name, values in ticks.items():
        assert set(values) <= set(form.choices[name]), (form.action, name, values)
        data[name] = list(values) if name in form.single else sorted({*data.get(name, []), *values})
    return data


def _errors(text: str) -> list[str]:
    return re.findall(r'class="errors[^>]*>(.*?)</ul>', text, re.DOTALL)
