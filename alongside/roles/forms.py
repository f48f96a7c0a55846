"""Forms of roles. A draft may be half done: what is missing is asked for when it is proposed, never when saved."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from alongside.kit import money
from alongside.kit.text import Words
from alongside.people.models import Group
from alongside.people.rules import without_controls
from alongside.roles import kinds, queries, rules, words
from alongside.roles.models import Version

TOO_LONG = MaxLengthValidator(rules.TEXT_MOST, message=words.PROBLEMS["long"])
_HINTS: Mapping[str, Words] = {
    "purpose": _("What is it for, and who gains from it? A few words do."),
    "we_expect": _("Say it plainly: how often, how much, what matters."),
    "you_expect": _("Pay, support, respect: what do you promise?"),
    "supervision": _("Who is there, and when?"),
    "debrief": _("Who can people talk to, and is that time paid?"),
    "time_to_prepare": _("How long before do people hear what is asked?"),
    "say_in": _("For instance: hours, money, who is hired."),
    "share": _("What should people tell the group?"),
    "not_share": _("What stays theirs, or with the people they help?"),
    "experience_why": _("Nobody is asked to prove it or to tell of it."),
    "title_why": _("Only if you keep a title that says just: peer."),
}
MANY = ("scope_in", "scope_out", "experience", "rate_parts", "rate_weekdays", "rate_counts", "rate_expenses")
"""Fields that take more than one choice."""


_ALWAYS_SAID = ("rate_counts", "rate_unit", "post_currency", "post_unit")
"""Fields that hold something from the start."""


@dataclass(frozen=True)
class Part:
    """A part of the draft form that fits one thumb: needed parts stand open, others open when they hold something."""

    title: Words
    names: tuple[str, ...]
    needed: bool = False


PARTS = (
    Part(_("Title and purpose"), ("title", "title_why", "purpose"), needed=True),
    Part(_("The work"), ("scope_in", "scope_out"), needed=True),
    Part(_("What each side expects"), ("we_expect", "you_expect"), needed=True),
    Part(_("Pay"), ("rate_amount", "rate_currency", "rate_unit", "rate_start"), needed=True),
    Part(_("Shortest time, rounding and extras"), ("rate_minimum", "rate_rounding", "rate_counts")),
    Part(_("More pay after hours"), ("rate_premium", "rate_parts", "rate_weekdays", "rate_dates")),
    Part(_("Call-outs and costs"), ("rate_callout", "rate_expenses")),
    Part(_("What the group gives"), ("training", "tools", "supervision", "debrief", "time_to_prepare")),
    Part(_("How far your say goes"), ("say", "say_in")),
    Part(_("Life experience that helps"), ("experience", "experience_why")),
    Part(_("What to share, and what not"), ("share", "not_share")),
    Part(
        _("The staff job it is like"),
        (
            "compares_to",
            "post_amount",
            "post_currency",
            "post_unit",
            "post_hours",
            "post_start",
            "compares_pay",
            "compares_training",
        ),
    ),
)


def _text(name: str, *, rows: int = 3, needed: bool = False) -> forms.CharField:
    return forms.CharField(
        label=words.FIELDS[name],
        help_text=_HINTS.get(name, ""),
        required=needed,
        validators=[TOO_LONG],
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _many(label: Words, codes: Mapping[Any, Words], hint: Words = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        choices=[(str(code), text) for code, text in codes.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )


def _number(label: Words, most: int, hint: Words = "") -> forms.IntegerField:
    messages = {"invalid": _("Please write a whole number."), "min_value": words.PROBLEMS["low"]}
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={**messages, "max_value": words.PROBLEMS["high"]},
    )


def _amount(label: Words, hint: Words = "", *, needed: bool = False) -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(
        label=label, help_text=hint, required=needed, max_length=30, widget=forms.TextInput(attrs=attrs)
    )


class DraftForm(forms.Form):
    """All that a version of a role says. Field names are those of the terms; the rate's start with ``rate_``."""

    use_required_attribute = False

    title = forms.CharField(label=_("Title"), help_text=_("The people who hold the role can change it."))
    title_why = _text("title_why", rows=2)
    purpose = _text("purpose", needed=True)
    scope_in = _many(words.FIELDS["scope_in"], {})
    scope_out = _many(words.FIELDS["scope_out"], {})
    we_expect = _text("we_expect", needed=True)
    you_expect = _text("you_expect", needed=True)
    rate_amount = _amount(_("How much?"), _("For instance 25 or 25.50."), needed=True)
    rate_currency = forms.CharField(
        label=_("Which money?"), help_text=_("Three letters, like CAD or EUR."), max_length=10
    )
    rate_unit = forms.ChoiceField(
        label=_("For what?"),
        choices=list(words.UNITS.items()),
        initial="hour",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )
    rate_start = forms.DateField(
        label=_("From which day on?"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": words.PROBLEMS["day"]},
    )
    rate_minimum = _number(
        _("Fewest minutes that are paid each time"), rules.MINUTES_MOST, _("Only for pay by the hour.")
    )
    rate_rounding = _number(
        _("Round up to steps of how many minutes?"), rules.ROUNDING_MOST, _("Only for pay by the hour.")
    )
    rate_counts = _many(_("Which extra minutes are paid?"), words.EXTRAS, _("All of them, unless you say no here."))
    rate_premium = _number(_("How many per cent more?"), rules.PREMIUM_MOST)
    rate_parts = _many(_("In which parts of the day?"), words.PARTS)
    rate_weekdays = _many(_("On which days of the week?"), words.WEEKDAYS)
    rate_dates = forms.CharField(
        label=_("On which dates?"),
        help_text=_("One on each line, like 2026-12-25."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rate_callout = _amount(_("How much more when somebody is called on?"))
    rate_expenses = _many(_("Which costs are paid back?"), words.EXPENSES)
    training = _text("training")
    tools = _text("tools")
    supervision = _text("supervision")
    debrief = _text("debrief")
    time_to_prepare = _text("time_to_prepare")
    say = forms.ChoiceField(
        label=words.FIELDS["say"],
        choices=[("", _("Not said yet")), *words.SAY.items()],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )
    say_in = _text("say_in", rows=2)
    experience = _many(words.FIELDS["experience"], words.EXPERIENCE, _("Only what the work calls for."))
    experience_why = _text("experience_why", rows=2)
    share = _text("share", rows=2)
    not_share = _text("not_share", rows=2)
    compares_to = _text("compares_to", rows=2)
    post_amount = _amount(
        _("What is that job paid?"), _("For instance 31 or 62000. It stands beside what this role pays.")
    )
    post_currency = forms.CharField(
        label=_("In which money?"), help_text=_("Three letters, like CAD or EUR."), required=False, max_length=10
    )
    post_unit = forms.ChoiceField(
        label=_("For how long?"),
        choices=list(words.POST_UNITS.items()),
        initial="hour",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": words.PROBLEMS["unknown"]},
    )
    post_hours = _number(
        _("How many hours is a week of that job?"), rules.WEEK_HOURS_MOST, _("Only if it is not paid by the hour.")
    )
    post_start = forms.DateField(
        label=_("On which day was that so?"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": words.PROBLEMS["day"]},
    )
    compares_pay = _text("compares_pay", rows=2)
    compares_training = _text("compares_training", rows=2)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, group: Group, version: Version | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.labels = queries.labels(group.pk)
        for name in ("scope_in", "scope_out"):
            _field(self, name).choices = list(self.labels.items())
        self.fields["rate_currency"].initial = self.fields["post_currency"].initial = group.currency
        self.fields["rate_counts"].initial = list(rules.EXTRAS)
        self.fields["title"].error_messages["required"] = str(words.PROBLEMS["needed"])
        if version is not None and version.role.chosen:
            del self.fields["title"]

    def full_clean(self) -> None:
        """Check what is there; what is missing is asked for when the version is proposed."""
        needed = [f for name, f in self.fields.items() if f.required and name != "title"]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def clean_title(self) -> str:
        """A title that can be kept."""
        title = rules.title(self.cleaned_data["title"])
        if title is None:
            raise forms.ValidationError(_("Please write a title of 1 to 80 letters."))
        return title

    def clean_seen(self) -> str:
        """Refused once when somebody else saved the draft in the meantime, so that nobody's words vanish unseen."""
        seen: str = self.cleaned_data["seen"]
        if self.version is not None and seen and seen != stamp(self.version):
            typed = (
                MultiValueDict(dict(self.data.lists())) if isinstance(self.data, MultiValueDict) else MultiValueDict()
            )
            typed[self.add_prefix("seen")] = stamp(self.version)
            self.data = typed
            self.add_error(
                None, _("Somebody else saved this draft while you wrote. Save again to keep your words, not theirs.")
            )
        return seen

    def clean(self) -> dict[str, Any]:
        """Read amounts in the currency that was typed, and the list of dates."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        code = data["rate_currency"] = (data.get("rate_currency") or "").strip().upper()
        typed = any(self.data.get(self.add_prefix(name)) for name in ("rate_amount", "rate_callout"))
        if (code or typed) and not money.is_currency(code):
            self.add_error("rate_currency", str(words.PROBLEMS["currency"]))
        else:
            for name in ("rate_amount", "rate_callout"):
                self._read_amount(data, name, code)
        self._read_post(data)
        days = re.split(r"[\s,;]+", (data.get("rate_dates") or "").strip())
        data["rate_dates"] = tuple(sorted({day for day in days if day}))
        if any(rules.iso_day(day) is None for day in data["rate_dates"]):
            self.add_error("rate_dates", str(words.PROBLEMS["day"]))
        return data

    def _read_post(self, data: dict[str, Any]) -> None:
        """The post's pay counts once an amount is there; its money is the role's, unless another is named."""
        code = (data.get("post_currency") or "").strip().upper() or data.get("rate_currency", "")
        data["post_currency"] = code
        if (data.get("post_amount") or "").strip() and not money.is_currency(code):
            self.add_error("post_currency", str(words.PROBLEMS["currency"]))
        else:
            self._read_amount(data, "post_amount", code)

    def _read_amount(self, data: dict[str, Any], name: str, code: str) -> None:
        text = data.get(name) or ""
        if not text:
            data[name] = 0
            return
        try:
            data[name] = money.read(text, code)
        except money.BadAmount:
            self.add_error(name, str(words.PROBLEMS["amount"]))
            return
        if not 0 <= data[name] <= rules.AMOUNT_MOST:
            self.add_error(name, str(words.PROBLEMS["low" if data[name] < 0 else "high"]))

    def terms(self) -> rules.Terms:
        """What a valid form says."""
        data = self.cleaned_data
        start = data.get("rate_start")
        rate = rules.Rate(
            start=start.isoformat() if start else "",
            amount=data["rate_amount"],
            unit=data["rate_unit"] or "hour",
            currency=data["rate_currency"],
            minimum=data["rate_minimum"] or 0,
            rounding=data["rate_rounding"] or 0,
            premium=data["rate_premium"] or 0,
            callout=data["rate_callout"],
            parts=tuple(data["rate_parts"]),
            weekdays=tuple(int(day) for day in data["rate_weekdays"]),
            dates=data["rate_dates"],
            counts=tuple(data["rate_counts"]),
            expenses=tuple(data["rate_expenses"]),
        )
        texts = {name: without_controls(data[name].replace("\r\n", "\n")) for name in rules.TEXTS}
        return rules.Terms(
            **texts,
            scope_in=tuple(data["scope_in"]),
            scope_out=tuple(data["scope_out"]),
            experience=tuple(data["experience"]),
            say=data["say"],
            post=self._post(),
            rate=rate,
        )

    def _post(self) -> rules.Post | None:
        data = self.cleaned_data
        if not data["post_amount"]:
            return None
        start = data.get("post_start")
        return rules.Post(
            start=start.isoformat() if start else "",
            amount=data["post_amount"],
            unit=data["post_unit"] or "hour",
            currency=data["post_currency"],
            hours=data["post_hours"] or 0,
        )

    def say_problems(self, found: Mapping[str, str]) -> None:
        """Put what keeps the draft from being proposed beside the fields that it is about."""
        for name, code in found.items():
            self.add_error(name if name in self.fields else None, words.problem(code, name))

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with something to mend, to jump to from the top of the page."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The form in parts, each with its bound fields and whether it stands open."""
        found = []
        for part in PARTS:
            fields = [self[name] for name in part.names if name in self.fields]
            said = any(f.errors or (f.value() and f.name not in _ALWAYS_SAID) for f in fields)
            found.append({"title": part.title, "fields": fields, "needed": part.needed, "open": said})
        return found

    @property
    def families(self) -> dict[str, list[dict[str, Any]]]:
        """The kinds to choose from by family, for what is in scope and what is out of it."""
        return {
            name: families(self.labels, [str(code) for code in self[name].value() or []])
            for name in ("scope_in", "scope_out")
        }


def families(labels: Mapping[str, str], ticked: Iterable[str]) -> list[dict[str, Any]]:
    """Kinds by family, each with its words and whether it is ticked; a group's own kinds come last."""
    chosen = set(ticked)
    own = {code: words_ for code, words_ in labels.items() if code not in kinds.CODES}
    groups = [(family.label, {code: labels[code] for code in family.kinds}) for family in kinds.FAMILIES]
    found = []
    for label, codes in [*groups, (_("Our own kinds"), own)]:
        if codes:
            rows = [(code, text, code in chosen) for code, text in codes.items()]
            found.append({"label": label, "kinds": rows, "open": any(row[2] for row in rows)})
    return found


def stamp(version: Version) -> str:
    """A short mark of a draft's content as it is now, to see whether somebody else saved it in between."""
    return bytes(version.terms)[1:13].hex()


def filled(terms: rules.Terms, title: str) -> MultiValueDict[str, str]:
    """What the fields of a :class:`DraftForm` would hold, had somebody typed ``terms`` into it."""
    typed = {name: [getattr(terms, name)] for name in (*rules.TEXTS, "say")}
    typed |= {name: list(getattr(terms, name)) for name in ("scope_in", "scope_out", "experience")}
    typed["title"] = [title]
    if terms.rate:
        rate = terms.rate
        for name in ("amount", "callout"):
            value = getattr(rate, name)
            known = money.is_currency(rate.currency)
            typed[f"rate_{name}"] = [money.plain(value, rate.currency) if value and known else ""]
        for name in ("minimum", "rounding", "premium"):
            typed[f"rate_{name}"] = [str(getattr(rate, name) or "")]
        for name in ("start", "unit", "currency"):
            typed[f"rate_{name}"] = [getattr(rate, name)]
        for name in ("parts", "weekdays", "counts", "expenses"):
            typed[f"rate_{name}"] = [str(code) for code in getattr(rate, name)]
        typed["rate_dates"] = ["\n".join(rate.dates)]
    if terms.post:
        post = terms.post
        known = money.is_currency(post.currency)
        typed["post_amount"] = [money.plain(post.amount, post.currency) if known else ""]
        typed["post_hours"] = [str(post.hours or "")]
        typed |= {f"post_{name}": [getattr(post, name)] for name in ("start", "unit", "currency")}
    return MultiValueDict(typed)


def as_initial(typed: MultiValueDict[str, str]) -> dict[str, Any]:
    """As :func:`filled`, as the initial values of a form that was not sent yet."""
    return {name: typed.getlist(name) if name in MANY else typed.get(name) for name in typed}


def _field(form: forms.Form, name: str) -> forms.MultipleChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.MultipleChoiceField):
        raise TypeError(name)
    return field
