"""The closed world of events: each has one producer, known consumers and an example.

Streams, consumers, the documents in `docs/` and the tests are all derived from this table, so an event
that is not here does not exist, and a subscriber that is not here gets nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from kernel.contracts import funding_watch, intake, intake_life, intake_people, notifier, scoring, triage
from kernel.contracts.envelope import Event

SERVICES = ("intake", "scoring", "funding_watch", "notifier")
EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Contract:
    """One event and the services that consume it."""

    event: type[Event]
    consumers: tuple[str, ...]

    @property
    def producer(self) -> str:
        return self.event.producer()

    @property
    def example(self) -> Path:
        """A JSON file with one body that must parse for ever."""
        return EXAMPLES / f"{self.event.subject()}.json"


CONTRACTS: tuple[Contract, ...] = (
    Contract(intake.WaveOpened, ("scoring",)),
    Contract(intake.WaveClosingDue, ("intake",)),
    Contract(intake.WaveClosed, ("scoring",)),
    Contract(intake.CandidacySubmitted, ("scoring", "funding_watch", "notifier")),
    Contract(intake.CandidacyPreselected, ("scoring", "notifier")),
    Contract(intake.CandidacyNotRetained, ("scoring", "notifier")),
    Contract(intake.CandidacyWithdrawn, ("scoring", "funding_watch", "notifier")),
    Contract(intake_life.WaveOpeningDue, ("intake",)),
    Contract(intake_life.WaveExtended, ("scoring",)),
    Contract(intake_life.CandidacyReceivedLate, ("notifier",)),
    Contract(intake_life.CandidacyRevised, ("scoring", "funding_watch", "notifier")),
    Contract(intake_life.CandidacyEntrusted, ("notifier",)),
    Contract(intake_life.CorrectionAsked, ("notifier",)),
    Contract(intake_life.MessagePosted, ("notifier",)),
    Contract(intake_life.ActDue, ("intake",)),
    Contract(intake_life.NewsDue, ("intake",)),
    Contract(intake_life.ErasureOrdered, ("scoring", "funding_watch", "notifier")),
    Contract(intake_people.RetentionDue, ("intake",)),
    Contract(intake_people.RetentionReached, ("scoring", "notifier")),
    Contract(intake_people.ExportOrdered, ("scoring", "funding_watch", "notifier")),
    Contract(scoring.ExportDone, ("intake",)),
    Contract(funding_watch.ExportDone, ("intake",)),
    Contract(notifier.ExportDone, ("intake",)),
    Contract(intake_people.ErasureAnnounced, ("notifier",)),
    Contract(intake_people.ErasureReported, ("notifier",)),
    Contract(scoring.ErasureDone, ("intake",)),
    Contract(funding_watch.ErasureDone, ("intake",)),
    Contract(notifier.ErasureDone, ("intake",)),
    Contract(intake.ContactDeclared, ("notifier",)),
    Contract(intake.SignInAsked, ("notifier",)),
    Contract(intake.PersonDeclared, ("notifier",)),
    Contract(intake.JurorNeared, ("scoring",)),
    Contract(intake.SessionOpened, ("scoring", "funding_watch", "notifier")),
    Contract(intake.SessionClosed, ("scoring", "funding_watch", "notifier")),
    Contract(scoring.OpinionRecorded, ("intake",)),
    Contract(scoring.QuorumCounted, ("intake",)),
    Contract(scoring.ReadingAllowed, ("intake",)),
    Contract(scoring.MarksReminderDue, ("scoring",)),
    Contract(scoring.JurorReminded, ("notifier",)),
    Contract(scoring.DecisionTaken, ("intake", "funding_watch", "notifier")),
    Contract(funding_watch.CrawlDue, ("funding_watch",)),
    Contract(funding_watch.CallsDue, ("funding_watch",)),
    Contract(funding_watch.SourceCrawled, ("notifier",)),
    Contract(funding_watch.SourceDegraded, ("notifier",)),
    Contract(funding_watch.CallDiscovered, ("funding_watch",)),
    Contract(funding_watch.CallAmended, ("intake", "funding_watch", "notifier")),
    Contract(funding_watch.CallDeadlineMoved, ("intake", "funding_watch", "notifier")),
    Contract(funding_watch.CallOpened, ("funding_watch",)),
    Contract(funding_watch.CallReopened, ("intake", "funding_watch", "notifier")),
    Contract(funding_watch.CallClosing, ("funding_watch", "notifier")),
    Contract(funding_watch.CallAbsent, ("funding_watch",)),
    Contract(funding_watch.CallClosed, ("intake", "funding_watch", "notifier")),
    Contract(funding_watch.MatchProposed, ("intake", "notifier")),
    Contract(funding_watch.MatchLeft, ("notifier",)),
    Contract(triage.MatchTriaged, ("funding_watch",)),
    Contract(triage.MatchForwarded, ("intake", "notifier")),
    Contract(triage.MatchRecalled, ("intake", "notifier")),
    Contract(triage.MatchAnswered, ("intake", "notifier")),
    Contract(triage.MatchReminderDue, ("funding_watch",)),
    Contract(triage.MatchReminded, ("intake",)),
    Contract(triage.CallDecoded, ("intake", "notifier")),
    Contract(triage.FundingAnswered, ("funding_watch",)),
    Contract(triage.AlertAnswered, ("funding_watch",)),
    Contract(notifier.DeliveryDue, ("notifier",)),
    Contract(notifier.AlertDue, ("notifier",)),
    Contract(notifier.DigestDue, ("notifier",)),
    Contract(notifier.ReminderDue, ("notifier",)),
    Contract(notifier.MessageSent, ("intake",)),
    Contract(notifier.MessageFailed, ("intake",)),
    Contract(notifier.MessageDelivered, ("intake",)),
    Contract(notifier.MessageBounced, ("intake",)),
)

BY_SUBJECT: dict[str, Contract] = {contract.event.subject(): contract for contract in CONTRACTS}


def consumed_by(service: str, producer: str) -> tuple[Contract, ...]:
    """The events of `producer` that `service` consumes; empty where it needs none."""
    return tuple(c for c in CONTRACTS if c.producer == producer and service in c.consumers)


def producers_for(service: str) -> tuple[str, ...]:
    """The services whose streams `service` reads, in the order of SERVICES."""
    return tuple(name for name in SERVICES if consumed_by(service, name))
