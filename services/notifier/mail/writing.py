"""A message is complete or it is not written: a value that is missing or None fails loudly, here and not in a mailbox.

Subject, text and HTML come from `templates/mails`; what people typed is escaped in HTML and is one line in headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup

from kernel.contracts.label import Label
from kernel.contracts.notifier import MessageKind
from kernel.ui import french
from kernel.ui.colours import tokens
from notifier.domain.delivery import Delivery
from notifier.domain.words import cut, one_line
from notifier.mail.letter import Letter
from notifier.mail.links import Links
from notifier.mail.phrases import PHRASES

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "mails"
SUBJECT_LENGTH = 120
"""Characters; phones show 40, desktops about 70, so what matters stands first."""


UNSUBSCRIBABLE: Mapping[MessageKind, str] = {"digest": "veille"}
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
        self._label = label
        self._sender = formataddr((label.name, mail_from))
        self.links = links
        self._environment = _environment()
        self._environment.globals.update(
            label=label, public_url=public_url.rstrip("/"), colours={**tokens(), **label.colours}, links=links
        )

    def write(self, delivery: Delivery, at: datetime) -> Written:
        """The message as it reads at the time `at` (days left are counted from it). Raises `CannotWrite`."""
        values = {**delivery.snapshot, "recipient": delivery.recipient, "today": at.astimezone(french.PARIS).date()}
        try:
            text = self._environment.get_template(f"{delivery.kind}.txt.jinja")
            html = self._environment.get_template(f"{delivery.kind}.html.jinja")
            subject = "".join(text.blocks["subject"](text.new_context(values)))
            return Written(
                cut(_plain(subject), SUBJECT_LENGTH), text.render(values).strip() + "\n", html.render(values)
            )
        except (TemplateError, KeyError, TypeError, ValueError) as error:
            raise CannotWrite(f"le modèle « {delivery.kind} » ne peut pas être rempli : {error}") from error

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

    def _unsubscribing(self, delivery: Delivery) -> dict[str, str]:
        """The two headers of RFC 8058, on what may be unsubscribed."""
        what = UNSUBSCRIBABLE.get(delivery.kind)
        if what is None:
            return {}
        link = self.links.unsubscribe(delivery.recipient, what)
        return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def domain_of(address: str) -> str:
    """The part of an address that Message-IDs end with."""
    return address.rpartition("@")[2].strip("<> ") or "localhost"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.jinja"], ["txt.jinja"], default=True),
        undefined=StrictUndefined,
        finalize=_present,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals.update(PHRASES)
    environment.filters.update(french.FILTERS)
    environment.filters.update(typo=_typo, coupe=cut, jour=date.fromisoformat, instant=datetime.fromisoformat)
    return environment


def _present(value: Any) -> Any:
    """Jinja would write « None »."""
    if value is None:
        raise ValueError("une valeur est vide (None)")
    return value


def _plain(subject: str) -> str:
    return str(french.typo(one_line(subject)).unescape())


@pass_eval_context
def _typo(context: EvalContext, value: object) -> str:
    """French spacing and apostrophes; escaped where the template escapes, as it is in plain text.

    Escaping turns an apostrophe into an entity that the typography does not see; our attributes are in
    double quotes, so it may be itself again.
    """
    if isinstance(value, Markup):
        value = Markup(value.replace("&#39;", "'"))  # noqa: S704 - it was Markup, and an apostrophe is no markup
    typeset = french.typo(value)
    return typeset if context.autoescape else str(typeset.unescape())
