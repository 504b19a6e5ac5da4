"""What was kept long enough goes, by a daily appointment, after a warning; whoever comes back in time keeps all."""

from datetime import datetime, time, timedelta
from uuid import UUID

from intake.domain.people import Member
from intake.domain.retention import ACCOUNT, DRAFT, EXPORTS, MAILS, MARKS, NOTICE, TEAM, fate, goes_at
from intake.forms import values
from intake.handlers import erasures
from intake.store import accounts, exports, retention
from intake.store.retention import BATCH, OldAccount, OldDraft
from kernel.contracts.intake_people import ErasureAnnounced, RetentionDue, RetentionReached
from kernel.runtime.auth import INVITATION_SECONDS
from kernel.runtime.database import Work

HOUR = time(3, 15)
"""UTC: when nobody writes, and before the backups of most installations."""
DAY, AGAIN = timedelta(days=1), timedelta(minutes=1)
BY = "Durées de conservation"


def appoint(work: Work, at: datetime | None = None) -> None:
    """Ask to be told at the next HOUR, or at the moment `at`; one appointment, the last one made counts."""
    today = work.at.replace(hour=HOUR.hour, minute=HOUR.minute, second=0, microsecond=0)
    due = at or (today if today > work.at else today + DAY)
    work.later(RetentionDue(day=due.date()), due, "retention")


async def come_due(work: Work, event: RetentionDue) -> None:
    """The hour came: warn, erase, have the others erase, and come again tomorrow; at once where much is left."""
    counts = [await _drafts(work), await _accounts(work), await _team(work)]
    await retention.drop_counts(work.session, work.at - DAY, work.at - 2 * timedelta(seconds=INVITATION_SECONDS))
    await exports.drop(work.session, work.at - EXPORTS)
    await accounts.drop_sessions(work.session, work.at - DAY)
    reached = {"mails_before": work.at - MAILS, "marks_before": work.at - MARKS, "at": work.at}
    work.record(RetentionReached(day=event.day, **reached))
    appoint(work, work.at + AGAIN if max(counts) >= BATCH else None)


async def _drafts(work: Work) -> int:
    """Drafts a year after their last word, told a month before where an address is written in them."""
    told = await retention.drafts_to_warn(work.session, work.at - DRAFT + NOTICE)
    for draft in told:
        await retention.mark_draft(work.session, draft.id, work.at)
        if (email := _address(draft)) is not None:
            work.record(_announced(draft.id, "brouillon", email, draft.title, goes_at(draft.saved_at, work.at, DRAFT)))
    gone = await retention.drop_drafts(work.session, work.at - DRAFT, work.at - NOTICE)
    return max(len(told), gone)


def _address(draft: OldDraft) -> str | None:
    """The address that is written in a draft, where it is one: it is what somebody typed."""
    try:
        return values.email(draft.email)
    except values.Wrong:
        return None


async def _accounts(work: Work) -> int:
    found = await retention.old_accounts(work.session, work.at - ACCOUNT + NOTICE, work.at)
    for account in found:
        await _account(work, account)
    return len(found)


async def _account(work: Work, account: OldAccount) -> None:
    person = account.member
    match fate(account.seen_at, account.warned_at, ACCOUNT, work.at):
        case "prevenir":
            await retention.mark_account(work.session, person.id, work.at)
            day = goes_at(account.seen_at, work.at, ACCOUNT)
            work.record(_announced(person.id, "compte", person.email, person.name, day))
        case "effacer":
            await erasures.erase(work, person, "Trois ans sans visite, après un message resté sans suite.", BY)
        case "garder":
            pass


async def _team(work: Work) -> int:
    closed: list[Member] = list(await retention.closed_accounts(work.session, work.at - TEAM))
    for person in closed:
        await erasures.erase(work, person, "Un an après la fermeture de l’accès.", BY)
    return len(closed)


def _announced(kept_id: UUID, kept: str, email: str, title: str, at: datetime) -> ErasureAnnounced:
    facts = {"kept_id": kept_id, "kept": kept, "email": email, "title": title, "erased_at": at}
    return ErasureAnnounced.model_validate(facts)
