"""People of a journey, and what they do through the pages, by names of fields and addresses: no word of any language.

Everybody here is made by the join journey itself. A step that a test is about is written out in the test; what
only leads up to it is here.
"""

import datetime as dt
import os
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.databases import WHERE
from tests.e2e.forms import Desk
from tests.e2e.phone import clean
from tests.server import Server, today

Phone = Callable[..., BrowserContext]
ROOT = Path(__file__).resolve().parents[2]
EVERY = ("en", "fr")
LOCALES = EVERY if os.environ.get("ALONGSIDE_TEST_LOCALES") == "all" else (EVERY[WHERE == "postgresql"],)
"""Each journey is walked on each database, in English on SQLite and in French on PostgreSQL, so that both languages and
both databases see all of them in half the time; ``ALONGSIDE_TEST_LOCALES=all`` walks every pair."""
PASSPHRASE = "seven odd kettles hum"
RATE = {
    "rate_amount": "24",
    "rate_currency": "CAD",
    "rate_minimum": "60",
    "rate_rounding": "15",
    "rate_premium": "50",
    "rate_callout": "20",
}
"""24.00 an hour, an hour at least, in steps of a quarter; half as much again at night; 20.00 a call-out."""
TERMS = {
    "purpose": "Meet people where they are and listen.",
    "we_expect": "Come when you said you would.",
    "you_expect": "Paid every Friday.",
}
_LATE = {"for": 1, "shared": 2, "told": 3, "share_note": 4}
TICKS: dict[str, list[str]] = {
    "scope_in": ["outreach", "supplies"],
    "scope_out": ["cleaning"],
    "rate_unit": ["hour"],
    "rate_parts": ["night"],
    "rate_expenses": ["travel"],
}


@dataclass
class Person:
    """Somebody with a phone: ``page`` is what they look at, ``name`` what their group calls them."""

    server: Server
    context: BrowserContext
    handle: str
    name: str = ""
    passphrase: str = PASSPHRASE
    clean: bool = True
    known: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The first page of their phone. It is made when somebody looks: many only fill in forms at their desk."""
        return next(iter(self.context.pages), None) or self.context.new_page()

    def open(self, path: str) -> Page:
        """Go to a page of the server, or to a whole address."""
        self.page.goto(path if path.startswith("http") else self.server.url + path)
        return self.page

    def see(self, path: str = "", *, shot: str = "", allow: str = "") -> Page:
        """Go to a page (or stay) and hold that it is as a page must be."""
        if path:
            self.open(path)
        if self.clean:
            clean(self.page, shot=shot, allow=allow)
        return self.page

    def press(self, what: str | Locator, *, shot: str = "", allow: str = "") -> Page:
        """Tap what leads to another page, wait for that page, and hold that it is as a page must be."""
        target = self.page.locator(what) if isinstance(what, str) else what
        with self.page.expect_navigation():
            target.tap()
        return self.see(shot=shot, allow=allow)

    def send(self, action: str = "", *, button: str = "", shot: str = "", allow: str = "") -> Page:
        """Press the (last) button of the form in the page whose address ends in ``action``."""
        form = f'main form[action$="{action}"]' if action else "main form[method=post]"
        return self.press(self.page.locator(f"{form} button{button}").last, shot=shot, allow=allow)

    def fill(self, **typed: str) -> None:
        """Type into fields by their names."""
        for name, text in typed.items():
            self.page.locator(f"main :is(input, textarea)[name={name}]:not([type=hidden])").fill(text)

    def tick(self, name: str, *values: str) -> None:
        """Choose by the name of the field and the value of the choice."""
        for value in values:
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()

    @property
    def desk(self) -> Desk:
        """The same person at a desk: forms are sent without drawing a page."""
        return Desk(self.context, self.server.url)

    def quietly(self) -> "Person":
        """The same person, whose steps are not looked at: they only lead up to what the test is about."""
        return replace(self, clean=False)


def unfold(page: Page) -> Page:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    return page


def folded(page: Page, name: str) -> None:
    """Open, by tapping, whatever folds this field away."""
    for _depth in range(3):
        inside = page.locator(f'main [name="{name}"]').first
        if inside.is_visible():
            return
        around = page.locator("details:not([open])").filter(has=page.locator(f'[name="{name}"]'))
        around.first.locator("> summary").tap()


def fresh(word: str) -> str:
    """A handle or name that nobody else has."""
    return f"{word}{uuid.uuid4().hex[:8]}"


def money(text: str) -> str:
    """Only the digits of an amount, as any language writes it: ``7750`` of "$77.50" and of "77,50 $"."""
    return re.sub(r"\D", "", text)


def id_in(address: str) -> str:
    """The last UUID in an address."""
    found: list[str] = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", address)
    return found[-1]


def someone(server: Server, phone: Phone, locale: str = "en", handle: str = "", **options: Any) -> Person:
    """Somebody new with a phone, without an account."""
    return Person(server, phone(locale, **options), handle or fresh("p"))


def demo(server: Server, phone: Phone, handle: str, locale: str = "en", **options: Any) -> Person:
    """Somebody of the demo, signed in by their link; nothing is drawn yet."""
    person = someone(server, phone, locale, handle, **options)
    let_in(person.context, server, handle)
    return person


def let_in(phone: BrowserContext, server: Server, handle: str) -> None:
    """Sign somebody of the demo in by their link, without the page that it leads to."""
    answer = phone.request.get(server.person(handle)["sign_in"], max_redirects=0)
    assert answer.headers.get("location") == "/", (answer.status, answer.url)


def sign_up(person: Person, link: str = "") -> Person:
    """Make an account, on the way to the invitation when there is one."""
    person.open(link or "/people/make-account/")
    if link:
        person.press('main a[href*="make-account"]')
    person.fill(handle=person.handle, passphrase=person.passphrase)
    person.send()
    not_now(person)
    return person


def not_now(person: Person, **how: str) -> Page:
    """Say not now to a code on paper, which each new account is offered."""
    return person.press("main .pair a.button", **how)


def join(person: Person, link: str, name: str = "", *, signed_in: bool = False) -> Person:
    """Join by an invitation, making an account on the way unless ``signed_in``."""
    person.name = name or fresh("N")
    if signed_in:
        person.open(link)
    else:
        sign_up(person, link)
    person.fill(name=person.name)
    person.send()
    person.known["group"] = id_in(person.page.url)
    return person


def make_group(person: Person, group: str, name: str = "", *, coordinates: bool = True) -> str:
    """Make a group and give its id."""
    person.name = name or fresh("N")
    person.open("/people/groups/make/")
    person.fill(name=group, own_name=person.name, currency="CAD")
    box = person.page.locator("[name=coordinates]")
    box.set_checked(coordinates)
    person.send()
    made = person.known["group"] = id_in(person.page.url)
    return made


def invite(person: Person, group: str, *, coordinates: bool = False) -> str:
    """Make an invitation and give its link."""
    person.open(f"/people/groups/{group}/")
    button = "[name=coordinates]" if coordinates else ":not([name])"
    person.send("/invite/", button=button)
    link = person.page.locator("#invitation").text_content()
    assert link
    return link.strip()


def founder(server: Server, phone: Phone, locale: str = "en", group: str = "", name: str = "") -> Person:
    """A new person with a new group, who is its steward and coordinates; ``known["group"]`` is its id."""
    person = someone(server, phone, locale).quietly()
    person.name = name or fresh("N")
    desk = signed_up(person)
    desk.open("/people/groups/make/")
    desk.send(
        "", {"name": group or fresh("Group "), "own_name": person.name, "currency": "CAD"}, {"coordinates": ["on"]}
    )
    person.known["group"] = id_in(desk.url)
    return person


def member(by: Person, phone: Phone, locale: str = "en", *, name: str = "", coordinates: bool = False) -> Person:
    """A new person who joins the group of ``by``."""
    link = invitation(by, coordinates=coordinates)
    return joined(someone(by.server, phone, locale).quietly(), link, name)


def invitation(by: Person, *, coordinates: bool = False) -> str:
    """Make an invitation without drawing a page, and give its link."""
    button = ("coordinates", "yes") if coordinates else ("", "")
    desk = by.desk.open(f"/people/groups/{by.known['group']}/").send("/invite/", button=button)
    return desk.page.texts["invitation"]


def joined(person: Person, link: str, name: str = "", *, signed_in: bool = False) -> Person:
    """Join by an invitation without drawing a page, making an account on the way unless ``signed_in``."""
    person.name = name or fresh("N")
    desk = person.desk.open(link) if signed_in else signed_up(person, link)
    person.known["group"] = id_in(desk.send("", {"name": person.name}).url)
    return person


def signed_up(person: Person, link: str = "") -> Desk:
    """Make an account without drawing a page, on the way to the invitation when there is one."""
    desk = person.desk.open(link or "/people/make-account/")
    if link:
        desk.open(desk.link("make-account"))
    desk.send("", {"handle": person.handle, "passphrase": person.passphrase})
    return desk.open(desk.page.forms[-1].holds["next"][0])


def day(back: int = 0) -> str:
    """A day as forms and entries write it, as the server has it."""
    return (today() - dt.timedelta(days=back)).isoformat()


def write_role(
    by: Person,
    title: str,
    typed: Mapping[str, str] | None = None,
    ticks: Mapping[str, list[str]] | None = None,
) -> str:
    """Write a draft and give the role's id."""
    by.open(f"/roles/groups/{by.known['group']}/write/")
    unfold(by.page)
    by.fill(title=title, **TERMS, **RATE, rate_start=day(30))
    by.fill(**(typed or {}))
    for name, values in (TICKS | dict(ticks or {})).items():
        by.tick(name, *values)
    by.send("/write/", button="[value=save]")
    return id_in(by.page.url)


def ask(by: Person, role: str, *holders: Person) -> None:
    """Ask people to hold the role."""
    for holder in holders:
        by.open(f"/roles/{role}/ask/")
        by.page.locator("main label", has_text=holder.name).locator("input").check()
        by.send()


def propose(by: Person, role: str) -> None:
    """Send the draft out."""
    by.open(f"/roles/{role}/")
    by.send("/propose/")


def agree(holder: Person, role: str) -> None:
    """Say yes to what is asked."""
    holder.open(f"/roles/{role}/")
    holder.send("/agree/")


def agreed_role(
    by: Person,
    title: str,
    *holders: Person,
    typed: Mapping[str, str] | None = None,
    ticks: Mapping[str, list[str]] | None = None,
) -> str:
    """A role that its holders titled and agreed to; its id."""
    desk = by.desk.open(f"/roles/groups/{by.known['group']}/write/")
    terms = {"title": title, **TERMS, **RATE, "rate_start": day(30), **(typed or {})}
    role = id_in(desk.send("/write/", terms, TICKS | dict(ticks or {}), button=("then", "save")).url)
    for holder in holders:
        name, value = desk.open(f"/roles/{role}/ask/").choice(holder.name)
        desk.send("", ticks={name: [value]})
    desk.open(f"/roles/{role}/").send("/propose/")
    for holder in holders:
        own = holder.desk.open(f"/roles/{role}/").send("/title/", {"title": title}, button=("", ""))
        own.open(f"/roles/{role}/").send("/agree/")
    return role


def recorded(person: Person, kinds: Iterable[str], *, note: str = "", **given: Any) -> dict[str, Any]:
    """Work that was recorded without drawing the form, and the entry as the server has it; ``given`` as in :func:`record`."""
    note = note or fresh("note ")
    desk = person.desk.open("/work/new/")
    form = next(form for form in desk.page.forms if "kinds" in form.choices)
    fields = {"kinds": list(kinds), "note": note, **given}
    typed = {name: value for name, value in fields.items() if name not in form.choices}
    ticks = {name: _ticked(value, form.choices[name]) for name, value in fields.items() if name in form.choices}
    desk.send(form.action, typed, ticks)
    answer = person.context.request.get(f"{person.server.url}/api/v1/work/entries")
    return next(entry for entry in answer.json()["entries"] if entry["note"] == note)


def _ticked(value: Any, choices: list[str]) -> list[str]:
    if value is True:
        return choices[:1]
    return list(value) if isinstance(value, list) else [value]


def record(person: Person, kinds: Iterable[str], *, note: str = "", **given: Any) -> dict[str, Any]:
    """Record work on the first page and give the entry as the server has it.

    ``given`` are fields of the form by name: text, ``True`` for a tick box, a list for several choices. The note,
    made up when there is none, tells the entry from others.
    """
    page = person.open("/")
    expect(page.locator("html[data-recorder=ready]")).to_be_attached()
    fill_entry(page, {"kinds": list(kinds), "note": note or fresh("note "), **given})
    wanted = page.locator("[name=note]").input_value()
    page.locator("#entry [data-save]").tap()
    expect(page.locator("#entry .form-said:not(.soft)")).not_to_be_empty()
    expect(page.locator("#waiting article")).to_have_count(0)
    return next(e for e in entries(page) if e["note"] == wanted)


def fill_entry(page: Page, given: Mapping[str, Any]) -> None:
    """Fill the form of an entry: everything is unfolded first, and what shows only for a group comes last."""
    unfold(page)
    for name, value in sorted(given.items(), key=lambda one: _LATE.get(one[0], 0)):
        if value is True:
            page.locator(f"#entry [name={name}]").check()
        elif isinstance(value, list) or page.locator(f"#entry [name={name}]").first.get_attribute("type") == "radio":
            for one in value if isinstance(value, list) else [value]:
                page.locator(f'#entry [name={name}][value="{one}"]').check()
        else:
            page.locator(f"#entry [name={name}]").fill(str(value))


def entries(page: Page) -> list[dict[str, Any]]:
    """What the server holds of the person whose page this is, the deleted left out."""
    found: list[dict[str, Any]] = page.evaluate("fetch('/api/v1/work/entries').then((r) => r.json())")["entries"]
    return [entry for entry in found if not entry["deleted"]]


def shared_rows(coordinator: Person) -> Locator:
    """The rows of what was shared with the coordinator's group."""
    coordinator.see(f"/work/groups/{coordinator.known['group']}/shared/")
    return coordinator.page.locator('main .list a[href*="/shared/"]')


def pages_of(person: Person, starts: Iterable[str], most: int = 60) -> dict[str, str]:
    """The text of every page that one reaches by links from ``starts``: address to HTML, files left out."""
    left, found = list(starts), dict[str, str]()
    while left and len(found) < most:
        path = left.pop(0)
        if path in found:
            continue
        answer = person.page.request.get(person.server.url + path)
        found[path] = answer.text()
        if "text/html" in answer.headers.get("content-type", ""):
            links = re.findall(r'<a[^>]* href="(/[^"#?]*)', found[path])
            left += [link for link in links if link not in found and not re.search(r"\.(csv|json|zip|pdf)$", link)]
    return found


def in_the_server(server: Server, code: str) -> None:
    """Run Python inside the installation: for what time alone would do, such as an invitation growing old."""
    server.python(code)
