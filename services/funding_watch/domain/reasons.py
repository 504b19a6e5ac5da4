"""Why a call is proposed, in one French sentence that a mayor understands.

The rule kept here: the sentence says only what the records hold: the need as its porteur wrote it, words of
the call, its funder, rate, amount and date, and what is still to be checked. Plain text, never markup.
"""

from collections.abc import Sequence

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Check
from funding_watch.domain.wording import AUDIENCE_WORDS, NARROW, amount_words, day_words, listed
from kernel.contracts.intake import Need

LONGEST_NEED = 140
"""Characters of the need that are quoted."""
TO_CHECK_WORDS = {
    "territoire": "le périmètre",
    "zone": "les communes admises",
    "beneficiaire": "qui peut candidater",
    "calendrier": "le calendrier",
    "depense": "les dépenses prises en charge",
    "montant": "le montant",
    "etape": "le début de l’opération",
    "cumul": "le cumul avec les autres aides",
}


def reason(call: FundingCall, form: str, need: Need, shared: Sequence[str], checks: Sequence[Check]) -> str:
    """The sentence; `form` is the porteur's, `shared` are words of the call, the most telling first."""
    parts = [f"{_answers(need)}{NARROW}: l’appel cite {listed(shared)}"]
    parts += [text for text in (_funders(call), _open_to(form, checks), _money(call), _deadline(call)) if text]
    doubts = [TO_CHECK_WORDS[check.check] for check in checks if check.verdict == "to_check"]
    if doubts:
        parts.append(f"à vérifier{NARROW}: {listed(doubts)}")
    return f"{NARROW}; ".join(parts) + "."


def headline(sentence: str) -> str:
    """The need and the words of a reason, without what a list shows in columns of its own."""
    return sentence.split(f"{NARROW}; ", 1)[0].rstrip(".") + "."


def _answers(need: Need) -> str:
    purpose = " ".join(need.purpose.split()).rstrip(" .;:")
    if len(purpose) > LONGEST_NEED:
        purpose = purpose[:LONGEST_NEED].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return f"Répond à votre besoin «\u00a0{purpose}\u00a0»"


def _funders(call: FundingCall) -> str:
    if not call.funders:
        return ""
    return f"financeur{'s' if len(call.funders) > 1 else ''}{NARROW}: {listed(call.funders[:2])}"


def _open_to(form: str, checks: Sequence[Check]) -> str:
    """Only where the porteur itself may apply: the rest is said among the doubts."""
    admitted = any(check.check == "beneficiaire" and check.verdict == "yes" for check in checks)
    return f"ouvert aux {AUDIENCE_WORDS[form]}" if admitted else ""


def _money(call: FundingCall) -> str:
    said = [f"{call.rate_max}{NARROW}%"] if call.rate_max else []
    said += [amount_words(call.amount_max)] if call.amount_max else []
    return f"jusqu’à {' et '.join(said)}" if said else ""


def _deadline(call: FundingCall) -> str:
    if call.recurrence == "permanente":
        return "ouvert toute l’année"
    return f"à déposer jusqu’au {day_words(call.closes_on)}" if call.closes_on else ""
