"""Around every wording: the heading, the greeting, the signature and the foot of a mail, its styles put on each tag.

Styles are written once, by class, and inlined when a wording is read, never when a mail is written. What a mail
program in the dark needs stays in the head. Nothing is loaded from elsewhere.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, Template

from notifier.mail.wording import Jinja, WrongWording

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "mails"
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_COVERED = re.compile("<!--~(\\d+)~-->|\ue010(\\d+)\ue011")
_STYLE = re.compile(r'style="[^"]*"')
_HEAD = re.compile("<head>(<style>.*?</style>)(.*?)</head>", re.DOTALL)
"""The character set is named first."""
_BETWEEN_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True, slots=True)
class Sheets:
    """A wording ready to be filled in: subject, plain text, HTML."""

    subject: Template
    text: Template
    html: Template


PARTS = ("pistes", "appel", "decryptage")


def part(name: str, reading: str) -> str:
    """A part that wordings may ask for. Raises `WrongWording`."""
    if name not in PARTS:
        raise WrongWording(f"« !{name} » n’existe pas ; les parties sont {', '.join(PARTS)}.")
    return _file(name, reading)


def _file(name: str, reading: str) -> str:
    return (FOLDER / f"{name}.{reading}").read_text(encoding="utf-8").rstrip("\n")


def sheets(wording: Jinja, plain: Environment, marked: Environment) -> Sheets:
    """A wording in its two shells. Raises `jinja2.TemplateError`."""
    html = _filled("shell.html", wording, 0).replace("%%body%%", wording.html).replace("%%preview%%", wording.preview)
    styles = plain.from_string((FOLDER / "mail.css").read_text(encoding="utf-8")).render()
    text = _filled("shell.txt", wording, 1).replace("%%body%%", wording.text)
    return Sheets(
        plain.from_string(wording.subject), plain.from_string(text), marked.from_string(inlined(html, styles))
    )


def _filled(shell: str, wording: Jinja, reading: int) -> str:
    filled = (FOLDER / shell).read_text(encoding="utf-8")
    usual = {name: _file(f"usual_{name}", ("html", "txt")[reading]) for name in ("signature", "foot")}
    return filled.replace("%%signature%%", wording.signature[reading] or usual["signature"]).replace(
        "%%foot%%", wording.foot[reading] or usual["foot"]
    )


def inlined(html: str, styles: str) -> str:
    """HTML with its styles on each tag; Jinja is covered meanwhile, as comments where tags stand, else as words."""
    codes: list[str] = []

    def cover(found: re.Match[str]) -> str:
        codes.append(found[0])
        number = len(codes) - 1
        is_tag = found[0].startswith("{%") and html.rfind("<", 0, found.start()) <= html.rfind(">", 0, found.start())
        return f"<!--~{number}~-->" if is_tag else f"\ue010{number}\ue011"

    covered = _CODE.sub(cover, html)
    inliner = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, extra_css=styles)
    done = _HEAD.sub(r"<head>\2\1</head>", _STYLE.sub(_short, inliner.inline(covered)))
    return _COVERED.sub(lambda found: codes[int(found[1] or found[2])], done)


def _short(style: re.Match[str]) -> str:
    return style[0].replace(": ", ":").replace(", ", ",").replace(';"', '"')


def tidy(text: str) -> str:
    """Plain text with one empty line at most between two others."""
    return _BETWEEN_LINES.sub("\n\n", text).strip() + "\n"
