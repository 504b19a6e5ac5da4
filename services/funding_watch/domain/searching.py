"""What a call is found by, and what somebody who types a few words means.

The rule kept here: accents, capitals, ligatures and plurals are forgiven in French and in English; a French word also
finds the English call that says it, through the lexicon. Every word that was typed has to be found.
"""

import re

import Stemmer

from funding_watch.domain.call import FundingCall
from funding_watch.domain.words import FRENCH_STOP, folded, stem, words_of

_WORD = re.compile(r"[^\W_]+")
_english = Stemmer.Stemmer("english", 0)
SILENT = frozenset(folded(FRENCH_STOP).split()) | frozenset(
    ["le", "la", "les", "un", "du", "des", "de", "et", "en", "au", "a", "l", "d", "the", "of", "and", "for", "to", "in"]
)
BEGUN = 4
"""Letters from which a word that was typed may be the beginning of a longer one."""
MOST_WORDS = 12
"""Of a question that are looked up."""

Asked = tuple[tuple[tuple[str, bool], ...], ...]
"""For each word that was typed, the forms that will do; True for one that may go on."""


def searchable(call: FundingCall) -> tuple[list[str], list[str]]:
    """The words of a call's head (title, funders, programme, reference), and those of its texts; each once."""
    head = " ".join([call.title, *call.funders, call.programme or "", call.reference])
    body = " ".join([call.description, call.eligibility_text, *call.themes, call.perimeter_name])
    return _forms(head, call.language), _forms(body, call.language)


def asked_of(typed: str) -> Asked | None:
    """What was typed, word by word; None when it has no word. Words that say nothing count only where all do."""
    words = list(dict.fromkeys(_WORD.findall(folded(typed))))[:MOST_WORDS]
    telling = [word for word in words if word not in SILENT] or words
    return tuple(_ways(word) for word in telling) or None


def _ways(word: str) -> tuple[tuple[str, bool], ...]:
    stems = {stem(word), str(_english.stemWord(word))} - {word}
    return ((word, len(word) >= BEGUN), *((one, False) for one in sorted(stems)))


def _forms(text: str, language: str) -> list[str]:
    words = set(_WORD.findall(folded(text)))
    if language == "en":
        stems = {str(one) for one in _english.stemWords(sorted(words))} | {word.stem for word in words_of(text, "en")}
    else:
        stems = {stem(word) for word in words}
    return sorted(one for one in words | stems if one)
