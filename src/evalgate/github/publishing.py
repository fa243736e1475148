"""A finished job's annotations, summary and outputs, all before it exits."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from evalgate.github.annotations import annotations_of, worst_cases
from evalgate.github.comment.body import Setting
from evalgate.github.comment.summary import MOST_BYTES, job_summary
from evalgate.github.outputs import outputs_of
from evalgate.github.places import Checkout, places_of
from evalgate.github.reports import SuiteReport, decisions_in
from evalgate.github.toolkit import add_to_summary, annotate, room_in_summary, write_output

OUTPUT, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"
SMALLEST_SUMMARY_BYTES = 2_000  # the verdict line and where the rest is


def publish(
    reports: Sequence[SuiteReport],
    checkout: Checkout,
    setting: Setting,
    written: tuple[Path, Path],
    environment: Mapping[str, str],
) -> list[str]:
    """Tell the runner all that the reports say; return what could not be told.

    `written` is the report for people and the decision. Summary and outputs go to the files that
    the environment names.
    """
    complaints = []
    cases = [(evalset, case.case_id) for evalset, case in worst_cases(reports)]
    places = places_of(checkout, decisions_in(reports), cases)
    for annotation in annotations_of(reports, places):
        annotate(annotation)
    if named := environment.get(SUMMARY):
        room = min(room_in_summary(Path(named)), MOST_BYTES)
        fits = room >= SMALLEST_SUMMARY_BYTES
        if not fits or not add_to_summary(Path(named), job_summary(reports, setting, room)):
            complaints.append("the step's summary is full: nothing was added to it")
    if named := environment.get(OUTPUT):
        outputs = outputs_of(reports, str(written[0]), str(written[1]), setting.origins)
        for name, value in outputs.items():
            write_output(Path(named), name, value)
    return complaints
