"""Colours are tokens, and every pair used for text reads at 4.5:1 or better, whoever chose the colours."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

MINIMUM = 4.5  # WCAG 2.1, criterion 1.4.3, text of normal size

PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "paper"),
    ("ink", "white"),
    ("slate", "paper"),
    ("slate", "white"),
    ("green", "paper"),
    ("green", "white"),
    ("blue", "paper"),
    ("blue", "white"),
    ("brick", "paper"),
    ("brick", "white"),
    ("white", "green"),
    ("white", "brick"),
    ("white", "blue"),
    ("paper", "ink"),
    ("amber", "ink"),
    ("ink", "amber"),
    ("green", "green-tint"),
    ("brick-deep", "brick-tint"),
    ("amber-deep", "amber-tint"),
    ("blue", "blue-tint"),
    ("ink", "green-tint"),
    ("ink", "brick-tint"),
    ("ink", "amber-tint"),
    ("ink", "blue-tint"),
    ("blue", "green-tint"),
    ("blue", "brick-tint"),
    ("blue", "amber-tint"),
    ("slate", "amber-tint"),
    ("green", "amber-tint"),
    ("brick", "amber-tint"),
)
"""Text colour, then the ground it stands on: the only combinations that the stylesheet may use for words."""

_TOKENS = Path(__file__).parent / "static" / "css" / "tokens.css"
_DECLARATION = re.compile(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


@cache
def tokens() -> Mapping[str, str]:
    """The colour tokens of the stylesheet: name → #RRGGBB."""
    return MappingProxyType(dict(_DECLARATION.findall(_TOKENS.read_text(encoding="utf-8"))))


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1, definition of relative luminance, sRGB)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The WCAG ratio of two #RRGGBB colours, 1 to 21, whichever comes first."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _check_known(colours: Mapping[str, str]) -> None:
    for name, value in colours.items():
        if name not in tokens():
            raise ValueError(f"unknown colour {name!r}: the tokens are {', '.join(sorted(tokens()))}")
        if not _HEX.fullmatch(value):
            raise ValueError(f"colour {name} = {value!r}: write it as #RRGGBB")


def theme_css(colours: Mapping[str, str]) -> str:
    """The rule that puts a territory's colours over the kit's, on screen; paper stays black on white.

    Raises ValueError for an unknown token, a value that is no #RRGGBB, or a pair that could not be read.
    """
    _check_known(colours)
    merged = {**tokens(), **colours}
    for text, ground in PAIRS:
        ratio = contrast(merged[text], merged[ground])
        if ratio < MINIMUM:
            raise ValueError(
                f"{text} {merged[text]} on {ground} {merged[ground]} has a contrast of {ratio:.2f}:1, "
                f"under {MINIMUM}: choose a darker or a lighter one"
            )
    rules = "".join(f"--{name}:{value};" for name, value in sorted(colours.items()))
    return f"@media screen{{:root{{{rules}}}}}\n"
