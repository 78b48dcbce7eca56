"""The house keeps its laws, and each law finds what breaks it.

What import-linter can see (the staircase of rooms, pure cores) stands in pyproject.toml; here is what it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from app.tables import metadata
from tests import architecture
from tests.architecture import NOT_ROOMS, Law, Source

ROOT = Path(__file__).resolve().parent.parent

# Files of rooms whose names do not say what they are a part of: what they are, and why they stand apart.
PARTS = {
    "boards/core_facts.py": ("core", "what decides on boards and seldom changes"),
    "boards/core_playlists.py": ("core", "what a screen plays"),
    "boards/core_screens.py": ("core", "what stands on a screen beside rankings of members"),
    "boards/store_ranking.py": ("store", "the queries that rank"),
    "boards/store_figures.py": ("store", "the queries of averages and of the latest deeds"),
    "boards/reckoning.py": ("service", "from standings, seals or the ledger to a board"),
    "boards/ranking.py": ("service", "which board a caller may see, and the boards that are kept for a moment"),
    "boards/figures.py": ("service", "what stands on screens beside rankings of members"),
    "boards/playlists.py": ("service", "the verbs of playlists"),
    "boards/screening.py": ("service", "what a screen is sent"),
    "boards/following.py": ("service", "what followers of a stream are sent, and whether they still may be"),
    "boards/schemas_screens.py": ("schemas", "what HTTP sees of branches' boards, and of what screens are sent"),
    "boards/schemas_playlists.py": ("schemas", "what HTTP sees of playlists"),
    "boards/api_asking.py": ("api", "what the routes of boards have in common"),
    "boards/api_own.py": ("api", "the routes of the own position"),
    "boards/api_screens.py": ("api", "the routes of playlists and screens"),
    "cycles/working_days.py": ("core", "which days are worked, and counting them: a decision of its own"),
    "cycles/key_work.py": ("service", "the verbs of the yearly list of key work"),
    "cycles/work_calendar.py": ("service", "the verbs of the calendar of working days, apart from those of quarters"),
    "messages/kinds.py": ("core", "why people are told something, and the form of it: texts of rooms stand apart"),
    "messages/texts_ratings.py": ("core", "what people are told of stars, plans, grids and mentoring"),
    "messages/texts_digests.py": ("core", "what the offices are told of digests"),
    "digests/making.py": ("service", "the verbs that the calendar calls, apart from those that read"),
    "digests/sampling.py": ("service", "the sample of the quarterly check: drawn, and drawn again"),
    "digests/inspecting.py": ("service", "the verbs by which a sample is inspected"),
    "digests/telling.py": ("service", "who is told of a digest"),
    "digests/wording.py": ("core", "what a digest says in words, in two languages"),
    "digests/rendering.py": ("service", "from a snapshot to its paper"),
    "messages/texts.py": ("core", "what people can be told: one table of kinds, in two languages"),
    "messages/terms.py": ("core", "the words of messages that stand for a code"),
    "submissions/wording.py": ("core", "what a proposal costs, in the words of messages"),
    "auth/wording.py": ("core", "what roles are called, in two languages"),
    "messages/webhooks.py": ("service", "the verbs of the system administrator, apart from telling and reading"),
    "messages/delivering.py": ("service", "the verb of the outbox, which must not hold a transaction"),
    "messages/sending.py": ("service", "the HTTP call itself"),
    "roster/naming.py": ("service", "what ids in an answer are called, for the answers of all rooms"),
    "job_runs/wording.py": ("core", "what jobs are called and when they are due, in two languages"),
    "files/cleaning.py": (
        "service",
        "a program of its own, called by its path: reads hostile files and imports nothing of ours",
    ),
    "ratings/scoring.py": ("core", "from how a branch stands on the indicators to its score: a decision of its own"),
    "ratings/starring.py": ("core", "from scores to stars: the algorithm, apart from the life of a rating"),
    "ratings/checking.py": ("core", "whether a value fits its indicator: a decision of its own"),
    "ratings/wording.py": ("core", "why a branch has its star, in sentences"),
    "ratings/refusals.py": ("core", "why a verb is refused: texts in two languages"),
    "ratings/gathering.py": ("service", "which rating, whose turn, and whether it was done: asked before anything"),
    "ratings/filling.py": ("service", "the verbs of branches and committees until the signature"),
    "ratings/deciding.py": ("service", "the verbs from reckoning to naming"),
    "ratings/treating.py": ("service", "the verbs of what follows from a star"),
    "ratings/measuring.py": ("service", "what the service measures of branches, and what upper rooms hand down"),
    "ratings/store_measures.py": ("store", "what lower rooms know of branches, read for measures"),
    "ratings/store_plans.py": ("store", "the queries of plans, apart from those of rounds"),
    "ratings/schemas_plans.py": ("schemas", "what HTTP sees of plans"),
    "ratings/api_plans.py": ("api", "the routes of plans"),
    "messages/texts_cases.py": ("core", "what people are told of cases and commendations"),
    "cases/refusals.py": ("core", "why something about a case or commendation is refused: texts in two languages"),
    "cases/measuring.py": ("service", "what the lines look at of each member: asked by lines, cases and lists alike"),
    "cases/casework.py": ("service", "one transaction's work on cases, shared by all their verbs"),
    "cases/opening.py": ("service", "what findings open and corrections undo: the verbs of cases that jobs call"),
    "cases/listing.py": ("service", "from findings to the list, and what keeps somebody off it on another day"),
    "cases/commending.py": ("service", "the verbs of people about commendations"),
    "cases/showing.py": ("service", "the verbs that only read commendations"),
    "cases/assisting.py": ("service", "the verbs of people about cases"),
    "cases/stepping.py": ("service", "the daily look at what is late"),
    "appeals/refusals.py": ("core", "why an appeal or complaint is refused: texts in two languages"),
    "appeals/facts.py": ("service", "what each verb about an appeal needs to know: the entry, and who is concerned"),
    "appeals/deciding.py": ("service", "the verbs of who answers an appeal, apart from the member's own"),
    "appeals/complaints.py": ("service", "the verbs of complaints and suggestions"),
    "appeals/reminding.py": ("service", "the daily look at what waits for an answer, in either"),
    "points/checking.py": ("service", "the verbs of the quarter's check, as far as it is the ledger's"),
    "points/booking.py": ("service", "the verbs that read what was booked up to a quarter, or in it about days before"),
    "seals/refusals.py": ("core", "why a step in a quarter's life is refused: texts in two languages"),
    "seals/checking.py": ("service", "the verbs of who confirms routine entries"),
    "seals/keeping.py": ("service", "the daily look at quarters that have ended"),
    "seals/sealing.py": ("service", "the verbs that close a quarter and keep what it held"),
    "seals/showing.py": ("service", "the verbs that read a member's quarters and what is on notice"),
    "points/telling.py": ("service", "telling members of deductions, beside the posting that takes the points"),
    "proofs/certificates.py": ("core", "the forms of certificates and kept roots, and what is checked offline"),
    "proofs/readiness.py": ("service", "what a probe asks of the newest checkpoints"),
    "proofs/certifying.py": ("service", "the verbs by which a sealed quarter is certified"),
    "proofs/signing.py": ("core", "officers' keys: bytes in, bytes out"),
    "proofs/verifying.py": ("service", "the verb that proves all that is kept"),
    "points/disputing.py": ("service", "the verbs by which appeals hold an entry in dispute, and what that leaves"),
    "points/views.py": ("core", "what the ledger's verbs answer: plain values that schemas and upper rooms read"),
    "points/plan.py": ("core", "the rules of a cycle made ready for folding, kept out of the fold's loop"),
    "points/ledger.py": ("core", "the ledger's values, which both decisions and queries speak of"),
    "points/duties.py": ("core", "which duties fall due: a decision of its own"),
    "activities/preparing.py": ("service", "what a page asks before a session is written down"),
    "activities/refusals.py": ("core", "why a record of a meeting is refused: texts in two languages"),
    "activities/gathering.py": ("service", "who owes a session and who writes it down, asked before anything is done"),
    "activities/booking.py": ("service", "what a change of attendance books and tells, shared by all verbs"),
    "activities/correcting.py": ("service", "the verbs that change attendance, apart from those that record and read"),
    "activities/exceptions.py": ("service", "the verbs of windows in which nobody is asked"),
    "activities/findings.py": ("service", "what the service proposes from attendance"),
    "activities/settling.py": ("service", "the verb that the calendar calls"),
    "surveys/forms.py": ("core", "what is asked: one table of sheets, in two languages"),
    "surveys/refusals.py": ("core", "why something about a survey is refused: texts in two languages"),
    "surveys/answering.py": ("service", "the verbs of whoever holds a slip, apart from those of offices"),
    "surveys/closing.py": ("service", "the verb that opens a box, and leaves nothing of it"),
    "surveys/rendering.py": ("service", "the slips with the codes, to print"),
    "grids/core_costs.py": ("core", "what one pair costs by distance, size and load"),
    "grids/assigning.py": ("core", "who helps whom at the least cost: the decision of the room, and its one solver"),
    "grids/refusals.py": ("core", "why a change is refused: texts in two languages"),
    "grids/knowing.py": ("service", "what the roster looks like on a day, asked before anything is decided"),
    "grids/handing.py": ("service", "what grids know, handed down to cases, plans and indicators"),
    "grids/telling.py": ("service", "whom grids, leads and mentorings are told to"),
    "grids/following.py": ("service", "what a quarter's end asks about mentorings"),
    "cases/supplying.py": ("service", "what upper rooms may know of cases"),
    "ratings/handing.py": ("service", "what upper rooms ask of stars and hand down to plans"),
    "ratings/suppliers.py": ("service", "the one list of which lower room supplies which measure"),
    "ratings/measuring_items.py": ("service", "measures that count the items an indicator names"),
    "ratings/telling.py": ("service", "whom ratings, stars and plans are told to"),
    "ratings/core_treatments.py": ("core", "a branch in those lists"),
    "ratings/treatments.py": ("service", "the lists of branches by what follows from their stars"),
    "ratings/following.py": ("service", "the daily look at plans, and measuring after a seal"),
    "grids/supplying.py": ("service", "the one place where stars and open cases are asked for"),
    "grids/pairing.py": ("service", "the verbs of assignments, apart from grids and leads"),
    "grids/mentoring.py": ("service", "the verbs of a mentoring's life"),
    "grids/planning.py": ("service", "the verbs of a grid's calendar"),
    "points/waiving.py": ("service", "the verbs by which duties change without an entry"),
    "points/judging.py": ("core", "what a posting becomes: a decision of its own"),
    "points/refusals.py": ("core", "why a posting is refused: texts in two languages"),
    "points/gathering.py": ("service", "reading and locking what a batch needs, before anything is decided"),
    "submissions/preparing.py": ("service", "what a page asks before a fact is written down"),
    "submissions/clerk.py": ("service", "which way each request goes: what recording and drafting both ask"),
    "submissions/flowing.py": ("service", "one transaction's work on submissions, shared by all their verbs"),
    "submissions/drafting.py": ("service", "the verbs of who records a proposal"),
    "submissions/deciding.py": ("service", "the verbs of who reviews it"),
    "submissions/hearing.py": ("service", "the verbs by which the member is heard"),
    "submissions/vetoes.py": ("service", "the verbs of a veto after its decision"),
    "submissions/reading.py": ("service", "the verbs that only read, apart from those that record"),
    "submissions/deadlines.py": ("service", "the verbs that the calendar calls"),
    "imports/layout.py": ("core", "the workbook's sheets and headings, for reader and template"),
    "imports/refusals.py": ("core", "why an import is refused: texts in two languages"),
    "imports/resolving.py": ("service", "from rows to records: who and which item is meant"),
    "imports/reversing.py": ("service", "the verb that takes a batch back, with rights of its own"),
    "imports/template.py": ("service", "writes the workbooks that people fill in and get back"),
    "submissions/batches.py": ("service", "the verbs about many records at once, which came in one batch"),
    "submissions/reversing.py": ("service", "who may reverse an entry: a verb with rights of its own"),
    "submissions/group.py": ("service", "concurrent requests in one transaction: the one exception to one each"),
    "submissions/merging.py": ("service", "the verb that records for several callers, apart from that for one"),
    "points/merging.py": ("service", "postings of several callers in one transaction's work"),
    "points/placing.py": ("service", "where and when postings fall, for one caller as for several"),
    "points/undoing_many.py": ("service", "the same for many entries as one"),
    "points/undoing.py": ("service", "the verb of reversal, with what becomes of the duties"),
    "points/restoring.py": ("service", "what the roster had given back, lost again where the roster is put right"),
    "points/owing.py": ("service", "the writing of what members owe in the quarters they enter"),
    "points/working.py": ("service", "one transaction's work on the ledger, shared by all its verbs"),
    "points/schemas_explaining.py": ("schemas", "what HTTP sees of an explanation"),
    "points/explaining.py": ("core", "the way from numbers down to entries: a decision of its own"),
    "points/reading.py": ("service", "the verbs that only read, apart from those that post"),
    "points/openings.py": ("core", "with what a standing opens: a decision of its own"),
    "points/carrying.py": ("service", "what is carried out of the last cycle, brought to its due value"),
    "points/adopting.py": ("service", "the verbs that put a book in force; no quarter changes its rules once begun"),
    "points/settling.py": ("service", "the verbs that the calendar calls: duties due, and duties decided"),
    "auth/remembering.py": ("service", "whom tokens stand for, kept between requests by a rule of its own"),
    "auth/enrolling.py": ("service", "the verbs that only enrolment uses"),
    "points/ranking.py": ("service", "the verb by which boards follow exemptions by the day"),
    "points/following.py": ("service", "the verb by which the ledger follows a change of the roster"),
    "submissions/following.py": ("service", "the verb by which what waits follows members who move"),
    "appeals/following.py": ("service", "the same, of open appeals"),
    "enrolment/refusals.py": ("core", "why a change is refused: texts in two languages"),
    "enrolment/core_changes.py": ("core", "what changes of enrolment ask for and do, apart from imports"),
    "enrolment/changing.py": ("service", "what every change does, in the order of locks, shared by all verbs"),
    "enrolment/departing.py": ("service", "what ends with a membership, for all verbs that end one"),
    "enrolment/leaving.py": ("service", "the verb of the end of a membership"),
    "enrolment/exempting.py": ("service", "the verbs of exemptions, and of a member's class"),
    "enrolment/admitting.py": ("service", "the verb of a single enrolment, over that of the import"),
    "enrolment/reforming.py": ("service", "the verbs of whole branches"),
    "enrolment/transferring.py": ("service", "the verbs of a transfer"),
    "enrolment/classes.py": ("core", "which class of members a word stands for, by the rule book of the branch"),
    "auth/logins.py": ("core", "what a log-in goes through: stages, limits, refusals"),
    "auth/password_policy.py": ("core", "which passwords are taken: a decision of its own"),
    "auth/codes.py": ("core", "one-time codes: a decision of its own"),
    "auth/cookies.py": ("core", "whether a page of ours sent a request: a decision of its own"),
    "auth/sessions.py": ("service", "the verbs that make, keep and end a log-in"),
    "auth/own_password.py": ("service", "the verbs about the own password"),
    "auth/second_factor.py": ("service", "the verbs about a second factor"),
    "auth/sign_on.py": ("service", "the verbs of single sign-on: log-ins, links, invitations"),
    "auth/providers.py": ("service", "the calls to OpenID Connect providers, while no transaction is open"),
    "enrolment/planning.py": ("core", "from records to a plan or its faults: the decision of an import"),
    "enrolment/faults.py": ("core", "what can be wrong in a workbook: texts in two languages"),
    "enrolment/layout.py": ("core", "the workbook's sheets and headings, for reader, writer and template"),
    "roster/history.py": ("core", "the dated facts of a member, by which other rooms decide"),
    "roster/enrolling.py": ("service", "the verbs that only enrolment uses"),
    "points/verifying.py": ("service", "the verb that proves standings against the ledger"),
    "auth/enrolled.py": ("core", "what enrolment and auth hand each other: values"),
    "enrolment/deciding_appointments.py": ("core", "the decision of an import, of offices"),
    "enrolment/deciding_members.py": ("core", "the same, of members"),
    "enrolment/deciding_organisations.py": ("core", "the same, of organisations"),
    "enrolment/template.py": ("service", "writes the workbook that people fill in"),
    "rules/example.py": ("core", "an example's values, which trials run"),
    "rules/points.py": ("core", "points as a book prints them: one place for all rooms"),
    "rules/schemas_points.py": ("schemas", "the form in which points cross HTTP, in every room"),
    "rules/front.py": ("core", "what a book says of itself beside its editions"),
    "rules/award.py": ("core", "what one entry adds: a decision of its own"),
    "rules/fault_texts.py": ("core", "what the loader says of each fault, in two languages"),
    "rules/fault_texts_meaning.py": ("core", "the same, of values that do not fit together"),
    "rules/fault_texts_frame.py": ("core", "the same, of cycles and windows"),
    "rules/faults.py": ("document", "collects what is wrong with a book, by file, line and key"),
    "rules/source.py": ("document", "reads YAML strictly and keeps the line of every key"),
    "rules/parse.py": ("document", "from plain values to documents, with every fault of form"),
    "rules/checks.py": ("document", "what an edition's values must mean together"),
    "rules/checks_items.py": ("document", "the same, of one item"),
    "rules/checks_frame.py": ("document", "the same, of cycles and windows"),
    "rules/adoption.py": ("core", "which edition is in force where and when: a decision of its own"),
    "rules/succession.py": ("core", "whether an edition may follow the published ones: a decision of its own"),
    "rules/name.py": ("core", "a name in two languages, which every value of the room carries"),
    "rules/finds.py": ("core", "findings that the service proposes from attendance"),
    "rules/lines.py": ("core", "lines and bands: bounds on a member's numbers"),
    "rules/cited.py": ("document", "values of the files, each with its citation"),
    "rules/compile_items.py": ("document", "from an item's text to its value under a class of members"),
    "rules/checks_lines.py": ("document", "the same, of lines, bands and ceilings across groups"),
    "rules/checks_measure.py": ("document", "the same, of the numbers of an item"),
    "rules/checks_profiles.py": ("document", "the same, of classes of members and what they add up to"),
    "rules/checks_sequence.py": ("document", "the same, of one edition after another"),
    "rules/fault_texts_language.py": ("core", "the same, of vetoes, ranges, classes and lines"),
    "rules/checks_tree.py": ("document", "the same, of the clamp tree"),
    "rules/profiles.py": ("document", "which duties a profile owes, read from documents"),
    "rules/compile.py": ("document", "from documents to the values of core"),
    "rules/content.py": ("document", "the form in which an edition is kept in the database"),
    "rules/stars.py": ("core", "the star sheet's values, apart from those that members are scored by"),
    "rules/star_example.py": ("core", "an example of a round, as values"),
    "rules/star_example_document.py": ("document", "the format of examples of rounds"),
    "trials/rounds.py": ("core", "an example of a round against the algorithm of the stars"),
    "rules/stars_document.py": ("document", "the format of a star sheet"),
    "rules/stars_checks.py": ("document", "what a star sheet's values must mean together"),
    "rules/stars_compile.py": ("document", "from a star sheet's document to its values"),
    "rules/fault_texts_stars.py": ("core", "what the loader says of a star sheet, in two languages"),
    "handbook/booklet.py": ("core", "what a printed rule book says, whatever its form"),
    "handbook/booklet_parts.py": ("core", "what a booklet is made of"),
    "handbook/booklet_items.py": ("core", "the chapters of the dimensions"),
    "handbook/booklet_classes.py": ("core", "the chapter on classes of members"),
    "handbook/booklet_lines.py": ("core", "the chapter on grades and lines"),
    "handbook/booklet_stars.py": ("core", "the chapter on the stars of branches"),
    "handbook/rendering.py": ("service", "from a book to its HTML or PDF"),
    "rules/schema.py": ("document", "the documents' formats, as editors are told of them"),
    "rules/schema_texts.py": ("core", "what an editor says of each key, in two languages"),
    "rules/schema_texts_items.py": ("core", "the same, of items"),
    "rules/schema_texts_stars.py": ("core", "the same, of star sheets"),
    "rules/schema_texts_values.py": ("core", "the same, of cited values and books"),
    "rules/terms.py": ("core", "what the words of the files are called, for schemas and papers"),
    "trials/coverage.py": ("core", "which parts of an edition its examples reach: a decision of its own"),
    "trials/parts.py": ("core", "what an edition consists of that an example can reach"),
    "trials/capacity.py": ("core", "how much can arrive at a clamp at most, by the rules alone"),
    "rules/drafting.py": ("service", "the verb that reads a draft sent as texts"),
    "trials/resettling.py": ("core", "what a draft makes of duties that the close of a quarter settles"),
    "trials/rejudging.py": ("core", "what a draft makes of what is booked: a decision of its own"),
    "trials/replaying.py": ("core", "a member before and after a draft, and by which article"),
    "trials/simulation.py": ("core", "what a replay comes to: values and texts"),
    "trials/simulating.py": ("service", "the verb that replays a quarter under a draft"),
    "handbook/glossary.py": ("core", "an edition's own words and numbers, for sentences"),
    "handbook/phrases.py": ("core", "single values in words, which sentences are made of"),
    "handbook/sentences.py": ("core", "what an explanation is made of"),
    "handbook/wording.py": ("core", "what the rules say of an item, in sentences"),
    "handbook/wording_book.py": ("core", "the same, of an edition as a whole"),
    "handbook/wording_classes.py": ("core", "the same, of what classes of members have otherwise"),
    "handbook/basis.py": ("core", "where a compiled value comes from"),
    "handbook/differing.py": ("core", "where two values differ, whatever they are"),
    "handbook/labels.py": ("core", "what the parts of a book are called when a change is told"),
    "handbook/telling.py": ("core", "changes put into words"),
    "handbook/comparing.py": ("core", "what changed from one edition to another: a decision of its own"),
    "handbook/schemas_items.py": ("schemas", "the same of items, and of sentences about them"),
    "handbook/reading.py": ("service", "the verbs that only read, apart from those that publish"),
    "rules/book.py": ("document", "loads a whole folder: the loader's one verb"),
    "rules/extension_document.py": ("document", "the format of a book that extends another"),
    "rules/inheritance.py": ("document", "lays what a book adds over the one that it extends"),
    "rules/checks_inheritance.py": ("document", "what a book that extends another may not say"),
    "rules/fault_texts_inheritance.py": ("core", "what the loader says of such a book, in two languages"),
}
KINDS = {path: kind for path, (kind, _) in PARTS.items()}

# Where a framework lives beside the files whose kind it belongs to.
HOMES = {
    "fastapi": {"app/main.py", "app/kit/http.py"},
    "starlette": {"app/main.py", "app/kit/http.py", "app/kit/sending.py"},
    "sqlalchemy": {
        "app/kit/db.py",
        "app/kit/migrate.py",
        "app/kit/writes.py",  # hears what an engine is sent
        "app/kit/backup.py",  # takes addresses apart
        "app/kit/metrics.py",  # the pool is among what is measured
        "app/kit/http.py",  # a value that the database cannot hold is the caller's fault
        "app/cli/database.py",  # takes addresses apart
        "app/job_runs/service.py",  # a slot that another process is at work on is news, not a failure
    },
    "psycopg": {
        "app/kit/embedded.py",
        "app/kit/backup.py",
        "app/kit/migrate.py",  # quotes names
        "app/cli/context.py",  # looks whether the embedded server's database is there
        "app/cli/doctor.py",  # looks at servers that may be wrong in any way
    },
    "pydantic": {
        "app/kit/settings.py",
        "app/kit/http.py",
        "app/kit/days.py",
        "app/kit/naming.py",
        "app/cli/context.py",
    },
    "pydantic_core": {"app/kit/http.py", "app/kit/days.py"},
}


@cache
def sources() -> list[Source]:
    return [read(path) for folder in ("app", "tests", "migrations") for path in sorted((ROOT / folder).rglob("*.py"))]


def read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), KINDS)


def of_app() -> list[Source]:
    return [source for source in sources() if source.path.startswith("app/")]


def of_tests() -> list[Source]:
    return [source for source in sources() if source.path.startswith("tests/")]


def made_up(path: str, text: str) -> Source:
    return Source(path, text, KINDS)


def hold(law: Law, among: list[Source]) -> None:
    """Fail with every breach of the law, one a line."""
    if breaches := dict.fromkeys(f"{source.path}: {fault}" for source in among for fault in law(source)):
        pytest.fail("\n".join(breaches), pytrace=False)


def owners() -> dict[str, str]:
    """By table, the room whose ``tables.py`` makes it."""
    rooms = {source.room: source.text for source in of_app() if source.path.endswith("/tables.py")}
    return {
        table: room
        for table in metadata.tables
        for room, text in rooms.items()
        if room is not None and (f'district_table(\n    "{table}"' in text or f'Table(\n    "{table}"' in text)
    }


writes_elsewhere = partial(architecture.foreign_writes, owners=owners())
misplaced = partial(architecture.misplaced_frameworks, homes=HOMES)
too_long = partial(architecture.lengths, lines_max=400, function_lines_max=70)
too_long_for_a_test = partial(architecture.lengths, lines_max=600, function_lines_max=70)


def test_a_room_has_the_standard_files_and_others_only_with_a_reason() -> None:
    hold(architecture.unlisted, of_app())
    assert [path for path in PARTS if not (ROOT / "app" / path).exists()] == []
    assert list(architecture.unlisted(made_up("app/points/thoughts.py", "")))


def test_files_import_what_their_kind_may() -> None:
    hold(architecture.foreign_imports, of_app())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from app.roster import store"),
        ("app/points/service.py", "from app.roster.store import get_member"),
        ("app/points/service.py", "import app.points.tables"),
        ("app/points/store.py", "from app.roster.store import get_member"),
        ("app/points/api.py", "from app.points import store"),
        ("app/boards/api.py", "from app.points import service"),
        ("app/points/jobs.py", "from app.points.store import list_entries"),
        ("app/points/schemas.py", "from app.points.service import post"),
        ("app/points/core.py", "def f():\n    from app.points.store import get_entry"),
        ("app/points/tables.py", "from app.roster.tables import member"),
        ("app/points/judging.py", "from app.points import service"),
    ],
)
def test_a_path_around_a_service_is_found(path: str, text: str) -> None:
    assert list(architecture.foreign_imports(made_up(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from app.points import store\nfrom app.roster import service as roster"),
        ("app/points/store.py", "from app.roster.tables import member"),
        ("app/points/api.py", "from app.auth.api import permit"),
    ],
)
def test_the_ways_of_the_house_are_open(path: str, text: str) -> None:
    assert list(architecture.foreign_imports(made_up(path, text))) == []


def test_outside_the_rooms_nobody_imports_stores_or_tables() -> None:
    hold(architecture.tables_and_stores_elsewhere, of_app())
    for text in ("from app.auth import store", "from app.auth.tables import district"):
        assert list(architecture.tables_and_stores_elsewhere(made_up("app/cli/doctor.py", text)))


def test_cores_are_pure() -> None:
    hold(architecture.impure_cores, of_app())
    for text in ("from app.kit.db import Database", "from app.kit import http", "import os", "print(1)"):
        assert list(architecture.impure_cores(made_up("app/points/core.py", text)))
    assert not list(architecture.impure_cores(made_up("app/points/core.py", "from app.kit.errors import NotFound")))


def test_frameworks_stay_where_they_belong() -> None:
    hold(misplaced, of_app())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from fastapi import HTTPException"),
        ("app/points/service.py", "from sqlalchemy import select"),
        ("app/points/service.py", "from pydantic import BaseModel"),
        ("app/points/core.py", "from sqlalchemy import Connection"),
        ("app/points/jobs.py", "import psycopg"),
        ("app/kit/ids.py", "from starlette.requests import Request"),
        ("app/schedule.py", "from sqlalchemy import text"),
    ],
)
def test_a_misplaced_framework_is_found(path: str, text: str) -> None:
    assert list(misplaced(made_up(path, text)))


def test_a_service_may_name_the_connection_it_is_handed() -> None:
    assert not list(misplaced(made_up("app/points/service.py", "from sqlalchemy import Connection")))


def test_only_the_clock_knows_the_time() -> None:
    # The doctor tells whether the machine's clock and the database's differ.
    law = partial(architecture.clocks, compares=frozenset({"app/cli/doctor.py"}))
    hold(law, [source for source in sources() if not source.path.startswith("tests/")])


@pytest.mark.parametrize(
    "text",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "from time import time",
        "make = datetime.now",
        "func.now()",
        "func.current_date()",
        'text("SELECT CURRENT_DATE")',
        'text("UPDATE duty SET at = now()")',
    ],
)
def test_a_second_clock_is_found(text: str) -> None:
    assert list(architecture.clocks(made_up("app/points/store.py", text)))


def test_words_about_clocks_are_no_clocks() -> None:
    text = '"""Never calls now() or CURRENT_DATE."""\nactor.today\nclock.now()'
    assert not list(architecture.clocks(made_up("app/points/store.py", text)))


def test_a_room_writes_its_own_tables_only() -> None:
    assert set(owners()) == set(metadata.tables)
    hold(writes_elsewhere, of_app())


@pytest.mark.parametrize(
    "text",
    [
        "from app.roster.tables import member\nconnection.execute(insert(member), rows)",
        "from app.roster.tables import member as m\nupdate(m).values(name='x')",
        "from app.roster.tables import member\nmember.delete().where(x)",
        "from app.roster.tables import member\ninsert_or_keep(member)",
        'connection.execute(text("DELETE FROM member WHERE district_id = :d"))',
        'cursor.copy("COPY member (district_id) FROM STDIN")',
    ],
)
def test_a_write_to_another_room_is_found(text: str) -> None:
    assert list(writes_elsewhere(made_up("app/points/store.py", text)))
    assert not list(writes_elsewhere(made_up("app/roster/store.py", text)))


def test_reading_a_lower_room_is_no_write() -> None:
    text = "from app.roster.tables import member\nselect(member).where(member.c.district_id == district)"
    assert not list(writes_elsewhere(made_up("app/points/store.py", text)))


def test_transactions_end_in_one_place() -> None:
    hold(architecture.commits, of_app())
    for text in ("connection.commit()", "connection.rollback()", "with engine.begin() as c: pass"):
        assert list(architecture.commits(made_up("app/points/service.py", text)))
    assert not list(architecture.commits(made_up("app/points/service.py", "with connection.begin_nested(): pass")))


def test_files_and_functions_are_short() -> None:
    hold(too_long, of_app())
    hold(too_long_for_a_test, of_tests())
    assert list(too_long(made_up("app/points/core.py", "x = 1\n" * 400)))
    assert list(too_long(made_up("app/points/core.py", "def f():\n" + "    x = 1\n" * 69)))


def test_names_tell_what_a_thing_is_for() -> None:
    hold(architecture.empty_names, of_app())
    for path, text in (
        ("app/kit/utils.py", ""),
        ("app/kit/db.py", "class SessionManager: pass"),
        ("app/kit/db.py", "def date_helper(): pass"),
    ):
        assert list(architecture.empty_names(made_up(path, text)))


def test_each_rule_of_ruff_that_is_switched_off_has_a_reason() -> None:
    assert list(architecture.unreasoned_rules((ROOT / "pyproject.toml").read_text(encoding="utf-8"))) == []
    for text in (
        '[tool.ruff.lint]\nignore = [\n    "E501",  # long\n    "E502",\n]',
        '[tool.ruff.lint]\nignore = ["E501"]',
        '[tool.ruff.lint.per-file-ignores]\n"tests/**" = ["S101"]',
        '[tool.ruff.lint.per-file-ignores]\n"tests/**" = [\n    "S101",\n]',
    ):
        assert list(architecture.unreasoned_rules(text))


def test_every_room_is_on_the_staircase() -> None:
    """Import-linter refuses a room that its layers do not name; here only that the file list sees the same rooms."""
    folders = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert {source.room for source in of_app()} - {None} == folders - NOT_ROOMS


def doors(app: FastAPI) -> Iterator[tuple[str, bool]]:
    """Each route, and whether it has a permission or says that it is open."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        yield f"{sorted(context.methods or ())} {context.path}", dependant is not None and _has_door(dependant)


def _has_door(dependant: Dependant) -> bool:
    call = dependant.call
    is_door = hasattr(call, "permission") or getattr(call, "open", False) is True
    return is_door or any(_has_door(inner) for inner in dependant.dependencies)


def test_every_route_has_a_permission_or_is_marked_open(settings: Settings, database: Database) -> None:
    found = list(doors(create_app(settings, database=database)))
    assert len(found) > 5
    assert [route for route, has_door in found if not has_door] == []


def test_a_route_without_a_door_is_found() -> None:
    def permitted() -> None: ...

    permitted.permission = "entry:record"  # type: ignore[attr-defined]  # as auth marks its gates

    def nested(outer: None = Depends(permitted)) -> None: ...

    def answer() -> None: ...

    router = APIRouter()
    router.get("/forgotten")(answer)
    router.get("/guarded", dependencies=[Depends(permitted)])(answer)
    router.get("/guarded-further-in", dependencies=[Depends(nested)])(answer)
    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix="/api")
    assert {path.split()[-1]: has_door for path, has_door in doors(app)} == {
        "/api/forgotten": False,
        "/api/guarded": True,
        "/api/guarded-further-in": True,
    }


def test_the_application_is_not_built_at_import() -> None:
    """Settings, engines and applications are made by functions, not by modules."""
    hold(architecture.built_at_import, of_app())
    for text in ("app = FastAPI()", "settings = Settings()", "engine = create_engine(x)"):
        assert list(architecture.built_at_import(made_up("app/main.py", text)))
