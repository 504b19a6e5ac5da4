"""One source for both readings of a mail: lines that staff can read and edit become HTML and plain text.

    Objet: Dossier nᵒ {{ number }} : il est bien arrivé
    Aperçu: Vous n'avez rien d'autre à envoyer.

    # The first sentence         ## A heading            A paragraph, **strong**, [words](address)
    - Term : value               1. A step              [Words of a button](address), alone on its line
    > Title : what people wrote  !part (a file of this name, once for each reading)

Lines of Jinja stand alone on theirs. Nothing that a value holds is read as any of this: the source is read before
it is filled in. Typography is applied to the words here, once, and to each value when it is written.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import fill

from markupsafe import Markup, escape

from kernel.ui import french

WIDTH = 76
HEADS = ("Objet", "Aperçu", "Signature", "Pied")
_HEAD = re.compile(r"(Objet|Aperçu|Signature|Pied)\s*:\s*(.*)")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_MARK = re.compile("\ue000(\\d+)\ue001")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("code", re.compile(r"(\{%.*%\})$")),
    ("heading", re.compile(r"## (.+)$")),
    ("lead", re.compile(r"# (.+)$")),
    ("fact", re.compile(r"- (.+)$")),
    ("step", re.compile(r"\d+\. (.+)$")),
    ("quote", re.compile(r"> (.+)$")),
    ("part", re.compile(r"!(\w+)$")),
    ("button", re.compile(r"(\[[^\]]+\]\(.+\))$")),
)


class WrongWording(ValueError):
    """A source that cannot be read; the message is for people, in French."""


@dataclass(frozen=True, slots=True)
class Source:
    """The heads of a wording, and its blocks: kind and words of each line, paragraphs joined."""

    heads: dict[str, str]
    blocks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Jinja:
    """The same wording as Jinja: what the shells are filled with. `signature` and `foot` are empty where usual."""

    subject: str
    preview: str
    html: str
    text: str
    signature: tuple[str, str]
    foot: tuple[str, str]


def read(source: str) -> Source:
    """The wording as written. Raises `WrongWording`."""
    heads: dict[str, str] = {}
    lines = source.replace("\r\n", "\n").split("\n")
    while lines and (found := _HEAD.match(lines[0])):
        heads[found[1]] = found[2].strip()
        lines.pop(0)
    if not heads.get("Objet"):
        raise WrongWording("La première ligne est « Objet: » suivi de l’objet du message.")
    if not any(line.strip() for line in lines):
        raise WrongWording("Le message n’a pas de texte.")
    return Source(heads, tuple(_blocks(lines)))


def _blocks(lines: list[str]) -> Iterator[tuple[str, str]]:
    paragraph: list[str] = []
    for line in [*lines, ""]:
        kind, words = _kind(line.strip())
        if kind == "words":
            paragraph.append(words)
            continue
        if paragraph:
            yield "paragraph", " ".join(paragraph)
            paragraph = []
        if kind != "blank":
            yield kind, words


def _kind(line: str) -> tuple[str, str]:
    if not line:
        return "blank", ""
    for kind, pattern in _KINDS:
        if found := pattern.match(line):
            return kind, found[1]
    return "words", line


def compiled(source: Source, part: Callable[[str, str], str]) -> Jinja:
    """Both readings of a wording; `part` gives the file of a part by its name and reading (html, txt)."""
    html, text = [], []
    groups = groupby(enumerate(source.blocks), key=lambda pair: pair[1][0] if pair[1][0] in ("fact", "step") else pair)
    for _, group in groups:
        kind, lines = "", []
        for _, (kind, words) in group:  # noqa: B007 - the kind of a group is that of its lines
            lines.append(words)
        html.append(_html(kind, lines, part))
        text.append(_text(kind, lines, part))
    heads = {name: source.heads.get(name, "") for name in HEADS}
    return Jinja(
        _plain(heads["Objet"]),
        _marked(heads["Aperçu"]),
        "\n".join(html),
        "\n".join(text),
        (_marked(heads["Signature"]), _plain(heads["Signature"])),
        (heads["Pied"] and f"{_marked(heads['Pied'])}<br>", heads["Pied"] and f"{_wrapped(heads['Pied'], '')}\n"),
    )


def _html(kind: str, lines: list[str], part: Callable[[str, str], str]) -> str:
    words = lines[0]
    match kind:
        case "code":
            return words
        case "part":
            return part(words, "html")
        case "fact":
            rows = (_pair(line) for line in lines)
            cells = "\n".join(
                f'<tr><td><span class="term">{_marked(term)}</span><br><strong>{_marked(value)}</strong></td></tr>'
                for term, value in rows
            )
            return f'<table role="presentation" class="facts">\n{cells}\n</table>'
        case "step":
            return "<ol>\n" + "\n".join(f"<li>{_marked(line)}</li>" for line in lines) + "\n</ol>"
        case "quote":
            title, value = _pair(words)
            inner = value.strip().removeprefix("{{").removesuffix("}}").strip()
            each = f"{{% for line in ({inner}).split('\\n') %}}<p>{{{{ line|typo }}}}</p>{{% endfor %}}"
            return (
                f'<table role="presentation" class="quote"><tr><td><strong>{_marked(title)}</strong>'
                f"{each}</td></tr></table>"
            )
        case "button":
            label, href = _link(words)
            return f'<p class="action"><a class="button" href="{href}">{_marked(label)}</a></p>'
    tag = {"lead": "h1", "heading": "h2"}.get(kind, "p")
    return f"<{tag}>{_marked(words)}</{tag}>"


def _text(kind: str, lines: list[str], part: Callable[[str, str], str]) -> str:
    words = lines[0]
    match kind:
        case "code":
            return words
        case "part":
            return part(words, "txt") + "\n\n"
        case "fact":
            return "\n".join(_wrapped(f"- {line}", "  ") for line in lines) + "\n"
        case "step":
            return "\n".join(_wrapped(f"{n}. {line}", "   ") for n, line in enumerate(lines, 1)) + "\n"
        case "quote":
            title, value = _pair(words)
            return f"{_plain(title)} :\n{{% filter quoted %}}{value.strip()}{{% endfilter +%}}\n"
        case "button":
            label, href = _link(words)
            return f"{_plain(label)} :\n{href}\n"
    return ("\n" if kind == "heading" else "") + _wrapped(words, "") + "\n"


def _pair(line: str) -> tuple[str, str]:
    term, colon, value = line.partition(" : ")
    if not colon:
        raise WrongWording(f"« {line} » : écrivez un nom, une espace, deux-points, puis la valeur.")
    return term, value


def _link(words: str) -> tuple[str, str]:
    label, _, href = words[1:-1].partition("](")
    return label, _checked(href.strip())


def _marked(words: str) -> str:
    """Words as HTML: escaped, typeset, with strong words and links; values are typeset where they stand."""
    covered, codes = _cover(words)
    html = str(french.typo(Markup(str(escape(covered)).replace("&#39;", "'"))))  # noqa: S704 - escaped just before
    html = _STRONG.sub(r"<strong>\1</strong>", html)
    html = _LINK.sub(r'<a href="\2">\1</a>', html)
    return _MARK.sub(lambda found: codes[int(found[1])], html)


def _plain(words: str) -> str:
    """The same as plain text: « words : address »."""
    covered, codes = _cover(words)
    flat = _LINK.sub(r"\1 : \2", _STRONG.sub(r"\1", covered))
    typeset = str(french.typo(flat).unescape())
    return _MARK.sub(lambda found: codes[int(found[1])], typeset)


def _wrapped(words: str, indent: str) -> str:
    """Plain text in lines of WIDTH: here where the words are known, else when they are."""
    plain = _plain(words)
    if _JINJA.search(plain):
        return f"{{% filter lines({indent!r}) %}}{plain}{{% endfilter +%}}"
    return wrap(plain, indent)


def wrap(words: str, indent: str = "") -> str:
    """`words` in lines of at most WIDTH; addresses are never cut."""
    return fill(words, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _cover(words: str) -> tuple[str, list[str]]:
    """Words with their Jinja covered, and that Jinja; values are typeset, but not where an address stands."""
    codes: list[str] = []

    def cover(found: re.Match[str]) -> str:
        codes.append(found[0])
        return f"\ue000{len(codes) - 1}\ue001"

    covered = _JINJA.sub(cover, words)
    addresses = {int(number) for link in _LINK.finditer(covered) for number in _MARK.findall(_checked(link[2]))}
    return covered, [code if n in addresses else _typeset(code) for n, code in enumerate(codes)]


def _checked(address: str) -> str:
    if not address.startswith(("https://", "http://", "mailto:", "\ue000", "{{")):
        raise WrongWording(f"« {address[:60]} » : une adresse commence par https://.")
    return address


def _typeset(code: str) -> str:
    return f"{{{{ ({code[2:-2].strip()})|typo }}}}" if code.startswith("{{") else code
