"""A message is complete or it is not written: a value that is missing or None fails loudly, here and not in a mailbox.

Each delivery is written in the wording that it was born with: the shipped one, version 1, or one of the staff's.
What people typed is escaped in HTML and is one line in headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, meta, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from kernel.contracts.label import Label
from kernel.contracts.notifier import MessageKind
from kernel.ui import french
from kernel.ui.colours import tokens
from notifier.domain.delivery import TEMPLATE_VERSION, Delivery
from notifier.domain.subscription import Optional
from notifier.domain.words import cut, one_line
from notifier.mail import shell, wording
from notifier.mail.letter import Letter
from notifier.mail.links import Links
from notifier.mail.phrases import PHRASES
from notifier.mail.shell import Sheets
from notifier.mail.wording import WrongWording

SUBJECT_LENGTH = 120
"""Characters; phones show 40, desktops about 70, so what matters stands first."""


UNSUBSCRIBABLE: Mapping[MessageKind, Optional] = {
    "digest": "veille",
    "veille_partenaires": "veille",
    "rappel_echeance": "rappels",
}
"""What may be unsubscribed, and under which name; all the rest is due to its recipient, or asked for."""


class CannotWrite(ValueError):
    """A message cannot be written from its snapshot; says which value or template is at fault."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message as people will read it."""

    subject: str
    text: str
    html: str


class Writer:
    """Writes messages in the words of one label. `public_url` has no final slash."""

    def __init__(self, label: Label, public_url: str, mail_from: str, links: Links) -> None:
        self.mail_from = mail_from
        self.links = links
        self._label = label
        self._sender = formataddr((label.name, mail_from))
        colours = {**tokens(), **label.colours}
        known = {"label": label, "public_url": public_url.rstrip("/"), "colours": colours, "links": links}
        self._shipped = _environments(Environment, known)
        self._edited = _environments(SandboxedEnvironment, known)
        self._sheets: dict[tuple[str, int], Sheets] = {}

    def write(self, delivery: Delivery, at: datetime) -> Written:
        """The message as it reads at the time `at` (days left are counted from it). Raises `CannotWrite`."""
        values = {**delivery.snapshot, "recipient": delivery.recipient, "today": at.astimezone(french.PARIS).date()}
        values["optional"] = delivery.kind in UNSUBSCRIBABLE
        try:
            sheets = self._of(delivery.kind, delivery.template_version)
            return _filled(sheets, values)
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, OSError) as error:
            raise CannotWrite(f"le modèle « {delivery.kind} » ne peut pas être rempli : {error}") from error

    def knows(self, delivery: Delivery) -> bool:
        """Whether the wording of this delivery is here; else it is to be learnt."""
        return delivery.template_version == TEMPLATE_VERSION or self._key(delivery) in self._sheets

    def learn(self, kind: str, version: int, source: str) -> None:
        """Keep a wording of the staff's. Raises `WrongWording`, `jinja2.TemplateError`."""
        self._sheets[kind, version] = self.try_out(source)

    def try_out(self, source: str) -> Sheets:
        """A wording of the staff's, ready to be filled in. Raises `WrongWording`, `jinja2.TemplateError`."""
        return _sheets(source, self._edited)

    def filled(self, sheets: Sheets, delivery: Delivery, at: datetime) -> Written:
        """A delivery in a wording that is tried out. Raises `jinja2.TemplateError`, ValueError…"""
        values = {**delivery.snapshot, "recipient": delivery.recipient, "today": at.astimezone(french.PARIS).date()}
        return _filled(sheets, values | {"optional": delivery.kind in UNSUBSCRIBABLE})

    def names_in(self, source: str) -> set[str]:
        """The names that a wording asks for and that are not the installation's. Raises as `try_out`."""
        plain = self._edited[0]
        read = wording.compiled(wording.read(source), shell.part)
        whole = "\n".join((read.subject, read.preview, read.text, *read.signature, *read.foot))
        return set(meta.find_undeclared_variables(plain.parse(whole))) - set(plain.globals)

    def compose(self, delivery: Delivery, written: Written, at: datetime) -> Letter:
        """The message as the mail server gets it: the same Message-ID at every attempt. Raises `CannotWrite`."""
        if delivery.address is None or delivery.message_id is None:
            raise CannotWrite(f"le message « {delivery.kind} » n’a pas d’adresse ou pas d’identifiant")
        headers = {"Reply-To": self._label.mail, "Date": format_datetime(at), "Message-ID": delivery.message_id}
        if delivery.candidacy_id is not None:  # mails of one dossier stand together
            headers["References"] = f"<dossier.{delivery.candidacy_id.hex}@{domain_of(self.mail_from)}>"
        headers |= {"Auto-Submitted": "auto-generated", "Content-Language": "fr", **self._unsubscribing(delivery)}
        return Letter(
            self._sender, delivery.address, written.subject, headers, written.text, written.html, delivery.id.hex
        )

    def _of(self, kind: str, version: int) -> Sheets:
        known = self._sheets.get((kind, version))
        if known is None:
            if version != TEMPLATE_VERSION:
                raise LookupError(f"la version {version} de ce modèle n’est pas connue")
            known = self._sheets[kind, version] = _sheets(shipped(kind), self._shipped)
        return known

    @staticmethod
    def _key(delivery: Delivery) -> tuple[str, int]:
        return delivery.kind, delivery.template_version

    def _unsubscribing(self, delivery: Delivery) -> dict[str, str]:
        """The two headers of RFC 8058, on what may be unsubscribed."""
        what = UNSUBSCRIBABLE.get(delivery.kind)
        if what is None:
            return {}
        link = self.links.unsubscribe(delivery.recipient, what)
        return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def shipped(kind: str) -> str:
    """The wording that comes with the platform. Raises FileNotFoundError."""
    return (shell.FOLDER / f"{kind}.mail").read_text(encoding="utf-8")


def domain_of(address: str) -> str:
    """The part of an address that Message-IDs end with."""
    return address.rpartition("@")[2].strip("<> ") or "localhost"


def _filled(sheets: Sheets, values: Mapping[str, Any]) -> Written:
    subject = cut(_plain(sheets.subject.render(values)), SUBJECT_LENGTH)
    return Written(subject, shell.tidy(sheets.text.render(values)), sheets.html.render(values))


def _sheets(source: str, environments: tuple[Environment, Environment]) -> Sheets:
    return shell.sheets(wording.compiled(wording.read(source), shell.part), *environments)


def _environments(kind: type[Environment], known: Mapping[str, Any]) -> tuple[Environment, Environment]:
    """For plain text, and for HTML."""
    plain, marked = (
        kind(
            autoescape=escaping,
            undefined=StrictUndefined,
            finalize=_present,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        for escaping in (False, True)
    )
    for environment in (plain, marked):
        environment.globals.update(PHRASES)
        environment.globals.update(known)
        environment.filters.update(french.FILTERS)
        environment.filters.update(typo=_typo, coupe=cut, jour=date.fromisoformat, instant=datetime.fromisoformat)
        environment.filters.update(lines=_lines, quoted=_quoted, **_KEPT)
    return plain, marked


_KEPT = {name: lru_cache(maxsize=1024)(french.FILTERS[name]) for name in ("date_heure", "date_longue")}
"""A mail says each day twice, and the mails of one hour say the same ones."""


def _present(value: Any) -> Any:
    """Jinja would write « None »."""
    if value is None:
        raise ValueError("une valeur est vide (None)")
    return value


def _lines(value: object, indent: str = "") -> str:
    return wording.wrap(" ".join(str(value).split(" ")), indent)


def _quoted(value: object) -> str:
    return "\n".join(wording.wrap(_plain(line)) for line in str(value).split("\n"))


def _plain(subject: str) -> str:
    return str(french.typo(one_line(subject)).unescape())


@pass_eval_context
def _typo(context: EvalContext, value: object) -> str:
    """French spacing and apostrophes; escaped where the template escapes, as it is in plain text.

    Escaping turns an apostrophe into an entity that the typography does not see; our attributes are in
    double quotes, so it may be itself again.
    """
    if value is None:
        raise ValueError("une valeur est vide (None)")
    if isinstance(value, Markup):
        value = Markup(value.replace("&#39;", "'"))  # noqa: S704 - it was Markup, and an apostrophe is no markup
    return _typeset(value, escaped=context.autoescape)


@lru_cache(maxsize=4096)
def _typeset(value: object, *, escaped: bool) -> str:
    """Kept: a mail says most of its values twice, and a digest the same need for many calls."""
    typeset = french.typo(value)
    return typeset if escaped else str(typeset.unescape())


__all__ = ["CannotWrite", "Writer", "Written", "WrongWording", "domain_of", "shipped"]
