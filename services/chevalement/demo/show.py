"""What the demonstration prints: a table a mayor could read, and where to click next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.dates import format_datetime
from rich.console import Console
from rich.table import Table

from chevalement.demo.findings import Match, Plan
from chevalement.demo.mornings import FOLDER, Morning
from chevalement.demo.story import PARIS, Candidate
from chevalement.verify import report

BEST = 3
OUTCOMES = {"labellise": "labellisé", "nomine": "nominé"}


def wide() -> Console:
    """The terminal, or 120 columns where the output is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=120)


def table(
    console: Console, candidates: Sequence[Candidate], matches: Mapping[str, list[Match]], mails: Mapping[str, int]
) -> None:
    """One block a project: its best calls, why, until when; and the mails its porteur got."""
    shown = Table(title="Les huit projets de 2022 et ce qui pourrait les financer", show_lines=True)
    shown.add_column("Projet", width=24)
    shown.add_column("Meilleurs appels, et pourquoi", ratio=1)
    shown.add_column("Échéance", width=17)
    shown.add_column("Courriels", justify="right", width=9)
    for candidate in candidates:
        outcome = OUTCOMES[candidate.dossier["instruction"]["decision"]]
        project = f"[bold]{candidate.title}[/bold]\n{candidate.number}, {outcome}"
        best = matches[candidate.id][:BEST]
        reasons = "\n\n".join(f"[bold]{n}. {m.title}[/bold] ({m.verdict})\n{m.reason}" for n, m in enumerate(best, 1))
        deadlines = "\n".join(f"{n}. {m.deadline}" for n, m in enumerate(best, 1))
        reasons = reasons or "aucun appel assez proche : rien n'est proposé"
        shown.add_row(project, reasons, deadlines, str(mails[candidate.id]))
    console.print(shown)


def montage(console: Console, plans: Sequence[Plan]) -> None:
    """The plan with the most lines, with its figures; a sentence where no call says how much it gives."""
    if not plans:
        console.print("Aucun appel proposé ne dit combien il donne : aucun montage n'est inventé.")
        return
    plan = max(plans, key=lambda one: len(one.lines))
    shown = Table(title=f"Un montage, sur des montants d’exemple : {plan.title}", show_lines=True)
    shown.add_column("Appel", ratio=1)
    shown.add_column("Montant", justify="right", width=14)
    shown.add_column("Repose sur", ratio=1)
    for line in plan.lines:
        shown.add_row(*line)
    console.print(shown)
    console.print(f"Total du montage : {plan.total}. Reste à trouver : {plan.to_find}.")


def mornings(console: Console, found: Sequence[Morning]) -> None:
    """The mails of the next days, each with its morning."""
    for one in found:
        at = format_datetime(one.at.astimezone(PARIS), "EEEE d MMMM yyyy 'à' H 'h'", locale="fr")
        for mail in one.mails:
            console.print(f"Partira le {at} : « {mail['Subject']} », à {mail['To']}", highlight=False)


def verified(console: Console, file: Path) -> None:
    """What the verifier finds in the wave's decision file."""
    lines, agrees = report(file)
    console.print(f"[bold]Dossier de décision : {file}[/bold]", soft_wrap=True)
    for line in lines:
        console.print(f"  {line}", highlight=False)
    if not agrees:
        raise SystemExit(1)


def where_to_click(console: Console, url: str, link: str, mailbox: Path) -> None:
    """The addresses of the platform that stays up."""
    console.print()
    console.print(f"[bold]La plateforme tourne : {url}[/bold]   (Ctrl-C l'arrête)")
    console.print(f"  Déposer une candidature   {url}/candidatures/nouvelle")
    console.print(f"  Entrer comme équipe       {link}", soft_wrap=True)
    console.print("                            (une fois, dans les quinze minutes ; ensuite : chevalement sign-in)")
    console.print(f"  Dossiers                  {url}/dossiers")
    console.print(f"  Instruction               {url}/instruction/")
    console.print(f"  Appels et projets suivis  {url}/veille/projets")
    console.print(f"  Courriels envoyés         {url}/alertes/   (fichiers .eml : {mailbox})")
    console.print(f"  Ceux des jours suivants   {mailbox.parent / FOLDER / 'mailbox'}", soft_wrap=True)
