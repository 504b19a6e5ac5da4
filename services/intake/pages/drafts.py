"""A draft page by page, without a script too: what is sent is kept first, then judged.

A section shows what was typed and cannot be read; what is only missing never stops anybody from going on.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.draft import SECTIONS, TITLES, AlreadySent, Answer, Save
from intake.domain.refusals import Refused
from intake.domain.retention import DRAFT, goes_at
from intake.forms.draft import MARK, digest, fields_of, is_field, mark, money, saves_of, value_of, with_room
from intake.forms.people import TRAP
from intake.forms.words import ROWS, Words
from intake.handlers import UnknownDossier
from intake.pages.apply import COLUMNS
from intake.pages.draft_door import SENT, Opened, open_draft, opener, to_receipt
from intake.pages.draft_words import lines_of, question
from intake.pages.shell import Shell, Typed
from kernel.runtime.auth import visitor
from kernel.runtime.pace import sentence, too_fast
from kernel.runtime.web import cause_of
from kernel.ui import Notice

FILLS = (("acquis", "Acquis", "solid"), ("demande", "Demandé", "striped"), ("envisage", "Envisagé", "dotted"))
NEEDS = [column | ({"kind": "text"} if column["kind"] == "month" else {}) for column in COLUMNS["besoin"]]
"""A month picker would drop « 9/2026 », which another browser let somebody type."""
NONE: Mapping[str, str] = MappingProxyType({})
ERASED = Notice("succes", "Le brouillon est effacé.", "Aucune de vos réponses n’a été gardée.")
KEPT_ALL = Notice("information", "Vos mots sont enregistrés, mais une réponse est à corriger avant l’envoi.")


def routes(shell: Shell) -> APIRouter:
    """`/brouillons`: whoever holds the address."""
    router = APIRouter()
    Door = Annotated[Opened, Depends(opener(shell))]

    @router.get("/brouillons/{draft_id}")
    async def show_draft(request: Request, opened: Door) -> Response:
        return to_receipt(opened.receipt) if opened.receipt else summary(shell, request, opened)

    @router.post("/brouillons/{draft_id}/suppression")
    async def erase(request: Request, opened: Door) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.erase_draft(work, opened.draft)
        return shell.render("draft_erased.html", request, private=True, notices=(ERASED,))

    @router.get("/brouillons/{draft_id}/{section}")
    async def show_section(request: Request, opened: Door, section: str) -> Response:
        if opened.receipt:
            return to_receipt(opened.receipt)
        return _section(shell, request, opened, _known(section, opened))

    @router.post("/brouillons/{draft_id}/{section}")
    async def save_section(request: Request, opened: Door, section: str, words: Typed) -> Response:
        if opened.receipt:
            return _sent_already(shell, request, opened, words)
        return await _save(shell, request, opened, _known(section, opened), words)

    return router


def _known(section: str, opened: Opened) -> str:
    if section not in (opened.draft.sections or SECTIONS):
        raise HTTPException(404)
    return section


async def _save(shell: Shell, request: Request, opened: Opened, section: str, words: Words) -> Response:
    words = _without_row(words)
    if wait := too_fast(request):
        return _section(shell, request, opened, section, status=429, words=words, notices=(unsaved(sentence(wait)),))
    saves = saves_of(words, fields_of(section, shell.label)) | _chosen(shell, opened, words)
    try:
        async with shell.database.work(cause_of(request)) as work:
            merged = await handlers.save_draft(work, opened.draft, saves)
    except AlreadySent:
        return _sent_already(shell, request, opened, words)
    except UnknownDossier:
        raise HTTPException(404) from None
    except Refused as refused:
        return _section(shell, request, opened, section, status=409, words=words, notices=(unsaved(str(refused)),))
    now = await open_draft(shell, str(opened.draft.id), opened.key, visitor(request))
    crossed = next((name for name, found in merged.items() if found.conflict), None)
    return _next(shell, request, now, (section, crossed), words)


def _sent_already(shell: Shell, request: Request, opened: Opened, words: Words) -> Response:
    """It was sent from elsewhere meanwhile: what was typed here is shown, to be copied, and is in no dossier."""
    fields = [name for section in SECTIONS for name in fields_of(section, shell.label)]
    typed = {name: value_of(words, name) for name in fields}
    lost = [
        (question(name, shell.label), lines_of(name, value, shell.label))
        for name, value in typed.items()
        if value and value != opened.answers.get(name, Answer()).value
    ]
    return shell.render("draft_sent.html", request, status=409, private=True, why=SENT, lost=lost, opened=opened)


def unsaved(why: str) -> Notice:
    """Said above a section whose words are in the page and nowhere else."""
    return Notice("attention", "Vos mots sont dans cette page, mais pas encore enregistrés.", why)


async def save_documents(shell: Shell, request: Request, opened: Opened, words: Words, refused: str) -> Response:
    """Keep the words of the documents, once the files sent with them were seen to; `refused` says which were not."""
    now = await open_draft(shell, str(opened.draft.id), opened.key, visitor(request))
    answer = await _save(shell, request, now, "documents", words)
    if answer.status_code != 303 or not (refused or words["joindre"] or words["oter"]):
        return answer
    if not refused:
        return RedirectResponse(opened.address("documents") + "#joints", 303)
    now = await open_draft(shell, str(opened.draft.id), opened.key, visitor(request))
    return _section(shell, request, now, "documents", status=422, errors={"fichiers": refused})


def _next(shell: Shell, request: Request, opened: Opened, place: tuple[str, str | None], words: Words) -> Response:
    """Where to go once all is kept: to what asks for a choice, to the row or field acted upon, else further."""
    section, crossed = place
    acted = words["ajouter"] or words["retirer"] or words["garder"] or words["prendre"]
    stay = crossed or acted.partition(":")[0]
    if stay and is_field(stay, shell.label):
        return RedirectResponse(f"{opened.address(section)}#{stay}", 303)
    if words["aller"] == "sommaire":
        return RedirectResponse(opened.address(), 303)
    if opened.statuses(shell)[section].wrong:
        return _section(shell, request, opened, section, status=422, notices=(KEPT_ALL,))
    return RedirectResponse(opened.address(_next_room(section, opened)), 303)


def _without_row(words: Words) -> Words:
    """The words without the row that a button « Retirer » names, `plan:1`."""
    table, _, number = words["retirer"].partition(":")
    if table not in ROWS or not (number.isascii() and number.isdecimal() and len(number) < 5):
        return words
    rows = [row for index, row in enumerate(words.table(table)) if index != int(number)]
    return Words(words.single, words.themes, {**words.rows, table: tuple(rows)}, words.unreadable)


def _chosen(shell: Shell, opened: Opened, words: Words) -> dict[str, Save]:
    """The save of a choice between two versions: `garder` keeps the field's words, `prendre` takes the other's."""
    name, _, which = (words["garder"] or words["prendre"]).partition(":")
    if not is_field(name, shell.label) or name not in opened.answers:
        return {}
    rival = next((text for text in opened.answers[name].rivals if digest(text) == which), None)
    if rival is None:
        return {}
    revision = words[MARK + name].partition(".")[0]
    base = int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else 0
    return {name: Save(value_of(words, name) if words["garder"] else rival, base, frozenset({rival}))}


def summary(shell: Shell, request: Request, opened: Opened, *, status: int = 200, **form: object) -> Response:
    """The draft's own page; `form` brings back what was sent from it."""
    statuses = opened.statuses(shell)
    to_do = [section for section in statuses if statuses[section].wrong or statuses[section].missing]
    scheme = "https" if shell.secure else request.url.scheme
    return shell.render(
        "draft.html",
        request,
        status=status,
        private=True,
        draft=opened,
        statuses=statuses,
        titles=TITLES,
        first=to_do[0] if to_do else "verification",
        is_new=not opened.changes_dossier and not any(status.progress != "vide" for status in statuses.values()),
        full_address=f"{scheme}://{request.url.netloc}{opened.address()}",
        kept_until=goes_at(opened.draft.saved_at, opened.draft.warned_at, DRAFT),
        before=opened.words,
        trap=TRAP,
        is_applicant=(person := visitor(request)) is not None and person.role == "applicant",
        **{"errors": {}, "courriel": "", **form},
    )


def _section(
    shell: Shell,
    request: Request,
    opened: Opened,
    section: str,
    *,
    status: int = 200,
    words: Words | None = None,
    errors: Mapping[str, str] = NONE,
    notices: tuple[Notice, ...] = (),
) -> Response:
    statuses, names = opened.statuses(shell), fields_of(section, shell.label)
    missing = statuses[section].missing if request.query_params.get("manque") == "oui" else {}
    return shell.render(
        "draft_section.html",
        request,
        status=status,
        private=True,
        notices=notices,
        draft=opened,
        section_name=section,
        titles=TITLES,
        statuses=statuses,
        words=with_room(words or opened.words),
        errors={**statuses[section].wrong, **missing, **errors},
        columns={**COLUMNS, "besoin": NEEDS},
        place=(list(statuses).index(section) + 1, len(statuses) + 1),
        **_behind(opened, shell, names),
    )


def _behind(opened: Opened, shell: Shell, names: tuple[str, ...]) -> dict[str, Any]:
    """What stands behind the questions of a section: marks, versions to choose from, sums."""
    return {
        "marks": {name: mark(opened.answers[name]) if name in opened.answers else "0." for name in names},
        "rivals": rivals_of(opened, shell, names),
        "questions": {name: question(name, shell.label) for name in names},
        "money": money(opened.words),
        "shares": shares(opened.words),
    }


def rivals_of(opened: Opened, shell: Shell, names: tuple[str, ...]) -> dict[str, list[tuple[str, list[str]]]]:
    """By answer, the versions that wait for a choice: what names them, and their lines."""
    return {
        name: [(digest(text), lines_of(name, text, shell.label)) for text in answer.rivals]
        for name, answer in opened.undecided().items()
        if name in names
    }


def shares(words: Words) -> list[dict[str, Any]]:
    """The plan as parts of the budget, the surest first; what was refused pays for nothing."""
    sums = money(words).plan
    return [{"label": label, "amount": sums[state], "fill": fill} for state, label, fill in FILLS if sums.get(state)]


def _next_room(section: str, opened: Opened) -> str:
    """The section after this one among those that may be written; the review stands at the end."""
    order = [*(opened.draft.sections or SECTIONS), "verification"]
    return order[order.index(section) + 1]
