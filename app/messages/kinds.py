"""Why a person is told something, and the form of what is said: the words stand in ``texts``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter


class Kind(StrEnum):
    """Why a person is told something."""

    DEDUCTION_TOLD = "deduction_told"
    HEARING_ASKED = "hearing_asked"
    HEARING_ANSWERED = "hearing_answered"
    TELLING_ASKED = "telling_asked"
    REVIEW_ASKED = "review_asked"
    CHECK_ASKED = "check_asked"
    HEARING_ENDED = "hearing_ended"
    SUBMISSION_RETURNED = "submission_returned"
    SUBMISSION_REFUSED = "submission_refused"
    SUBMISSION_POSTED = "submission_posted"
    SUBMISSION_LAPSED = "submission_lapsed"
    ENTRY_REVERSED = "entry_reversed"
    ABSENCE_NOTED = "absence_noted"
    DUTY_MISSED = "duty_missed"
    DUTY_MADE_UP = "duty_made_up"
    DUTY_SHORT = "duty_short"
    TELLINGS_ASKED = "tellings_asked"
    APPEAL_ASKED = "appeal_asked"
    APPEAL_EXTENDED = "appeal_extended"
    APPEAL_ANSWERED = "appeal_answered"
    VETO_DECIDED = "veto_decided"
    VETO_FILING_ASKED = "veto_filing_asked"
    VETO_LIFTED = "veto_lifted"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_ANSWERED = "transfer_answered"
    MEMBERSHIP_CHANGED = "membership_changed"
    COMPLAINT_ASKED = "complaint_asked"
    COMPLAINT_RECEIVED = "complaint_received"
    COMPLAINT_ANSWERED = "complaint_answered"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_PASSED = "deadline_passed"
    SEAL_PROVEN = "seal_proven"
    CASE_OPENED = "case_opened"
    CASE_ASKED = "case_asked"
    CASE_MOVED = "case_moved"
    CASE_ANNULLED = "case_annulled"
    HELPER_PROPOSED = "helper_proposed"
    WARNINGS_FOUND = "warnings_found"
    TALK_ASKED = "talk_asked"
    TALK_HELD = "talk_held"
    COMMENDATION_MOVED = "commendation_moved"
    COMMENDATION_ASKED = "commendation_asked"
    WITHDRAWAL_ASKED = "withdrawal_asked"
    DIGEST_MADE = "digest_made"
    BRANCH_LATE = "branch_late"
    SAMPLE_ASKED = "sample_asked"
    RATING_ASKED = "rating_asked"
    RATING_RETURNED = "rating_returned"
    RATING_CORRECTED = "rating_corrected"
    RATING_NOTICED = "rating_noticed"
    RATING_ANSWERED = "rating_answered"
    RATING_NAMED = "rating_named"
    STAR_LOWERED = "star_lowered"
    RATING_PLAN_AGREED = "rating_plan_agreed"
    RATING_PLAN_CLOSED = "rating_plan_closed"
    LEAD_NAMED = "lead_named"
    LEAD_LOST = "lead_lost"
    MENTORING_ASKED = "mentoring_asked"
    MENTORING_AGREED = "mentoring_agreed"
    MENTORING_ENDED = "mentoring_ended"
    VISIT_DUE = "visit_due"
    SAMPLE_WRONG = "sample_wrong"
    OBJECTION_ASKED = "objection_asked"
    APPRAISAL_ASKED = "appraisal_asked"
    APPRAISAL_DECIDED = "appraisal_decided"
    APPRAISAL_ANSWERED = "appraisal_answered"
    RESPONSIBILITY_SET = "responsibility_set"
    PACK_MADE = "pack_made"
    PACK_FAILED = "pack_failed"


@dataclass(frozen=True, slots=True)
class Told:
    """A heading and a text in both languages."""

    zh_title: str
    zh: str
    en_title: str
    en: str

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the text needs, ``due_on`` among them where it is named."""
        return _named(self.zh)


def _named(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
