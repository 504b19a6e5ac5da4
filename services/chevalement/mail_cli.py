"""The verb of mails: every kind written to files, as people will read it, without sending anything."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import typer


def mails(folder: Annotated[Path, typer.Argument(help="Where the files go; made where it is not.")]) -> None:
    """Write a mail of every kind, about a dossier that does not exist: .eml, .html and .txt."""
    from kernel.contracts.label import load_label
    from kernel.contracts.notifier import MessageKind
    from kernel.runtime.settings import Settings
    from notifier.mail.links import Links
    from notifier.mail.samples import sample
    from notifier.mail.writing import Writer

    settings, at = Settings.load(), datetime.now(UTC)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    label = load_label(settings.label_file, settings.territory_file)
    writer = Writer(label, base, settings.mail_from, Links("an example opens nothing", base))
    folder.mkdir(parents=True, exist_ok=True)
    for kind in get_args(MessageKind):
        one = sample(kind, at)
        written = writer.write(one, at)
        (folder / f"{kind}.html").write_text(written.html, encoding="utf-8")
        (folder / f"{kind}.txt").write_text(written.text, encoding="utf-8")
        (folder / f"{kind}.eml").write_bytes(writer.compose(one, written, at).raw())
        typer.echo(folder / f"{kind}.html")
