"""A repository in which `evalgate doctor` finds nothing, to be broken one thing at a time."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from evalgate.domain.baseline_file import BaselineCase, BaselineFile
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity
from evalgate.evalset.reading import case_digests, read_cases
from evalgate.github.doctor.diagnosis import Diagnosis
from evalgate.github.doctor.examining import examine
from evalgate.pipeline.bench import identity_of
from evalgate.pipeline.checking import build_judges
from evalgate.pipeline.project import find_project
from evalgate.results.baseline_files import write_baseline
from small_project import GATES, Files, quiz
from under_git import git

SHA = "3d3c42e5aac5ba805825da76410c181273ba90b1"
CHECKOUT = f"actions/checkout@{SHA} # v7.0.1"
ACTION = f"acme/evalgate@{SHA} # v0.1.0"
KEY = "${{ secrets.OPENAI_API_KEY }}"
ON = ".github/workflows/gate.yml"

GATE = f"""\
name: gate
on:
  pull_request:
  merge_group:
permissions: {{}}
jobs:
  plan:
    permissions:
      contents: read
    steps:
      - uses: {CHECKOUT}
        with: {{fetch-depth: 0, persist-credentials: false}}
      - id: plan
        uses: {ACTION}
        with: {{mode: plan}}
  eval:
    needs: plan
    if: needs.plan.outputs.run == 'true'
    permissions:
      contents: read # eval
    steps:
      - uses: {CHECKOUT}
        with: {{fetch-depth: 0, persist-credentials: false}} # eval
      - uses: {ACTION}
        with: {{mode: run, suite: quiz}}
        env:
          OPENAI_API_KEY: {KEY}
  gate:
    name: evalgate
    needs: [plan, eval]
    if: always()
    permissions:
      contents: read # gate
    steps:
      - if: always()
        env:
          RESULTS: ${{{{ needs.plan.result }}}} ${{{{ needs.eval.result }}}}
        run: .ci/held "$RESULTS"
      - uses: {CHECKOUT}
        with: {{fetch-depth: 0, persist-credentials: false}} # gate
      - if: needs.plan.outputs.run == 'true'
        uses: {ACTION}
        with: {{mode: merge}}
  comment:
    needs: gate
    if: "!cancelled()"
    permissions:
      contents: read # comment
      pull-requests: write
    steps:
      - uses: {CHECKOUT}
        with: {{persist-credentials: false, ref: "${{{{ github.event.pull_request.base.sha }}}}"}}
      - uses: {ACTION}
        with: {{mode: comment, github-token: "${{{{ github.token }}}}"}}
"""

POLICY = """\
schema_version: 1
on_undecided: ${EVALGATE_ON_UNDECIDED:-warn}
providers:
  openai: {api_key_env: OPENAI_API_KEY}
"""


def sound() -> dict[str, str]:
    """The files of a repository without a fault."""
    gates = GATES.replace("schema_version: 1\n", POLICY)
    return {
        **quiz([True, False], [True, True], gates),
        ".gitignore": ".evalgate/\n",
        ON: GATE,
    }


def changed(*changes: tuple[str, str]) -> dict[str, str]:
    """The gate's workflow with each first text, which is there once, replaced by the second."""
    text = GATE
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return {ON: text}


def laid_out(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the sound repository with these files in it, under git."""
    everything: Files = {**sound(), **files}
    for name, content in everything.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    git(root, "init", "--quiet")


def diagnosed(root: Path, files: Mapping[str, str | bytes]) -> Diagnosis:
    """What the doctor says of the sound repository with these files in it."""
    laid_out(root, files)
    return examine(root, {})


def symptoms(root: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """The same, a line for each thing that it found."""
    return lines_of(diagnosed(root, files))


def lines_of(diagnosis: Diagnosis) -> list[str]:
    """A line for each thing that was found."""
    faults = [f"fault: {each}" for each in diagnosis.faults]
    return faults + [f"hint: {each}" for each in diagnosis.hints]


BASELINE = "baselines/quiz.json"
OLD = CandidateIdentity(name="old", kind="recorded", digest="sha256:0", complete=True)
FILED = {"gates.yaml": sound()["gates.yaml"].replace("baseline: old", "baseline: file")}


def baseline_set(root: Path, **facts: object) -> None:
    """Write the baseline file that a person might have set, with other facts where it says so."""
    project = find_project(root, {})
    name, suite = project.suite(None)
    evalset = project.evalset_of(suite)
    judges, _ = build_judges(project, suite.judges)
    baseline = BaselineFile(
        suite=name,
        run_id="20260102-030405.006-old-abcd",
        candidate=OLD,
        evalset=EvalsetIdentity(
            ref=evalset.ref, digest=evalset.digest, cases=evalset.count, frozen=evalset.frozen
        ),
        judges={judge: identity_of(project, built) for judge, built in judges.items()},
        judgements_digest="sha256:0",
        set_by="Ann",
        set_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
        cases=tuple(
            BaselineCase(id=case.id, inputs=inputs, expected=wanted, scores={"exact_match": 1.0})
            for case in read_cases(evalset)
            for inputs, wanted in [case_digests(case)]
        ),
    )
    (root / BASELINE).parent.mkdir(exist_ok=True)
    write_baseline(root / BASELINE, baseline.model_copy(update=facts))


def committed(root: Path) -> None:
    """Put all that is there into git."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")
