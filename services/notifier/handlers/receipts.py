"""What becomes of a mail after it was taken: told once, however often it is said; bad addresses rest."""

from collections.abc import Callable
from dataclasses import replace

from kernel.contracts.notifier import MessageBounced, MessageDelivered
from kernel.runtime.database import Work
from notifier import store
from notifier.domain.receipts import Fate, Receipt
from notifier.domain.states import Step, can_follow, follow
from notifier.store import suppressed

STEPS: dict[Fate, Step] = {"delivered": Step.DELIVERED, "bounced": Step.BOUNCED, "complained": Step.COMPLAINED}


async def hear_receipt(work: Work, receipt: Receipt, fingerprint: Callable[[str], str]) -> bool:
    """Write what a receipt says; False where it is of no message here, or says what is known already."""
    await store.take_turn(work)
    known = await store.locked(work.session, receipt.delivery_id)
    step = STEPS[receipt.fate]
    if known is None or not can_follow(known.state, step):
        return False
    after = replace(known, state=follow(known.state, step), last_error=receipt.reason or None)
    await store.save(work.session, after, work.at)
    if receipt.fate == "delivered":
        work.record(
            MessageDelivered(delivery_id=known.id, candidacy_id=known.candidacy_id, kind=known.kind, at=work.at)
        )
        return True
    if known.address:
        await suppressed.suppress(work.session, fingerprint(known.address), receipt.reason or receipt.fate, work.at)
    work.record(
        MessageBounced(
            delivery_id=known.id,
            candidacy_id=known.candidacy_id,
            kind=known.kind,
            complaint=receipt.fate == "complained",
            reason=receipt.reason,
            at=work.at,
        )
    )
    return True
