"""What of a run MLflow is told: metrics, parameters, tags, and the table of cases."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, assert_never

from pydantic import ValidationError

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.errors import Problem, UserMistake
from evalgate.tracking.summaries import ScoreSummary

if TYPE_CHECKING:  # MLflow's interpreter waits for no record that it never sees
    from evalgate.domain.decision import Decision

RUN_ID = "evalgate.run_id"
VERDICT = "evalgate.verdict"
BASELINE = "evalgate.baseline_run"
TABLE_CASES = 10_000
DATASET_DIGEST_CHARS = 36  # MLflow refuses longer ones
SHORT_DIGEST_CHARS = 12
LONGEST_NAME_CHARS = 200  # MLflow allows 250, our endings included
NOT_ALLOWED_IN_A_NAME = re.compile(r"[^\w\-. :/]", re.ASCII)

Cell = str | float | None


class Table(NamedTuple):
    """The first answers of a run, by column; `cut` when there are more."""

    columns: dict[str, list[Cell]]
    cut: bool


def metrics_of(manifest: Manifest, summaries: Mapping[str, ScoreSummary]) -> dict[str, float]:
    """Name every number of a run; what is unknown is left out."""
    metrics: dict[str, float | None] = {
        "cases": manifest.evalset.cases,
        "judged": manifest.judged,
        "duration_s": manifest.duration_s,
        "cost_usd": manifest.cost_usd,
        "paid_usd": manifest.paid_usd if manifest.models else None,
        "asked_again": manifest.asked_again if manifest.models else None,
    }
    for score, summary in summaries.items():
        name, counts = legal_name(score), summary.counts
        metrics |= {
            f"{name}/mean": summary.mean,
            f"{name}/coverage": counts.coverage,
            f"{name}/cases": counts.cases,
            f"{name}/scored": counts.scored,
            f"{name}/not_produced": counts.not_produced,
            f"{name}/unanswered": counts.unanswered,
            f"{name}/unscored": counts.unscored,
        }
    return {name: float(value) for name, value in metrics.items() if value is not None}


def legal_name(name: str) -> str:
    """Write a name as MLflow allows it; a changed one gets a fingerprint and stays unique."""
    legal = NOT_ALLOWED_IN_A_NAME.sub("_", name)[:LONGEST_NAME_CHARS]
    if legal == name:
        return name
    return f"{legal}_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def params_of(manifest: Manifest) -> dict[str, str]:
    """Say what was run; digests are shortened, the tags have them whole."""
    params = {
        "candidate": manifest.candidate.name,
        "candidate.kind": manifest.candidate.kind,
        "candidate.digest": _hex(manifest.candidate.digest)[:SHORT_DIGEST_CHARS],
        "candidate.origin": manifest.candidate.origin,
        "evalset": manifest.evalset.ref,
        "evalset.digest": _hex(manifest.evalset.digest)[:SHORT_DIGEST_CHARS],
        "suite": manifest.suite,
        "judges": ", ".join(sorted(manifest.judges)),
        "selection": str(manifest.selection),
        "trials": str(manifest.trials) if manifest.trials > 1 else "",
        "seed": "" if manifest.provenance.seed is None else str(manifest.provenance.seed),
    }
    return {name: value for name, value in params.items() if value}


def tags_of(manifest: Manifest, table: Table) -> dict[str, str]:
    """Say from what a run was made, by full digests."""
    provenance = manifest.provenance
    tags = {
        RUN_ID: manifest.run_id,
        "evalgate.evalset_digest": manifest.evalset.digest,
        "evalgate.candidate_digest": manifest.candidate.digest,
        "evalgate.rejudged_from": manifest.rejudged_from,
        "git.sha": provenance.commit,
        "git.dirty": str(provenance.dirty).lower() if provenance.commit else "",
    }
    for name, judge in manifest.judges.items():
        tags[f"evalgate.judge_digest.{legal_name(name)}"] = judge.digest
    if table.cut:
        what = "cases" if manifest.trials == 1 else "answers"
        tags["evalgate.table"] = f"the first {TABLE_CASES} {what}; judgements.jsonl has all"
    return {name: value for name, value in tags.items() if value}


def decision_tags(decision: "Decision") -> dict[str, str]:
    """Say what was decided."""
    return {
        VERDICT: decision.verdict.value,
        "evalgate.outcome": decision.outcome.value,
        "evalgate.exit_code": str(decision.exit_code),
        **({BASELINE: decision.baseline.run_id} if decision.baseline else {}),
    }


def dataset_of(manifest: Manifest) -> dict[str, str]:
    """Describe the evalset in MLflow's words for a dataset."""
    name, _, version = manifest.evalset.ref.partition("@")
    return {
        "name": manifest.evalset.ref,
        "digest": _hex(manifest.evalset.digest)[:DATASET_DIGEST_CHARS],
        "source_type": "local",
        "source": json.dumps({"uri": f"evalsets/{name}/{version}.jsonl"}),
        "profile": json.dumps({"num_rows": manifest.evalset.cases}),
    }


def load_table(judgements_file: Path, manifest: Manifest, limit: int) -> Table:
    """Read a run's first `limit` answers as columns; with several trials one says which it is."""
    judges, trials = manifest.judges, manifest.trials > 1
    columns: dict[str, list[Cell]] = {}
    with judgements_file.open("rb") as file:
        for row, line in enumerate(file):
            if row == limit:
                return Table(columns, cut=True)
            try:
                judged = JudgedCase.model_validate_json(line)
            except ValidationError as error:
                fault = f"is not a judged case: {error.errors()[0]['msg']}"
                raise UserMistake(Problem(fault, str(judgements_file), row + 1)) from error
            for name, cell in _cells(judged, judges, trials).items():
                columns.setdefault(name, []).append(cell)
    return Table(columns, cut=False)


def _cells(judged: JudgedCase, judges: Mapping[str, object], trials: bool) -> dict[str, Cell]:
    cells: dict[str, Cell] = {"id": judged.id, **({"trial": judged.trial} if trials else {})}
    cells["answer_kind"] = judged.answer.kind
    match judged.answer:
        case Produced(text=text, latency_s=latency_s, cost_usd=cost_usd):
            cells |= {"answer": text, "latency_s": latency_s, "cost_usd": cost_usd}
        case NotProduced(cause=cause, detail=detail) | Unanswered(cause=cause, detail=detail):
            cells |= {"answer": f"{cause}: {detail}", "latency_s": None, "cost_usd": None}
        case _:
            assert_never(judged.answer)
    cells["slices"] = json.dumps(judged.slices, ensure_ascii=False, sort_keys=True)
    for name in sorted(judges):
        judgement = judged.judgements.get(name)
        score, reason = (None, "") if judgement is None else _score_and_reason(judgement)
        cells |= {f"{name}/score": score, f"{name}/reason": reason}
    return cells


def _score_and_reason(judgement: Judgement) -> tuple[float | None, str]:
    match judgement:
        case Scored(score=score, reason=reason):
            return score, reason
        case NotProduced() | Unanswered() | Unscored():
            return None, f"{judgement.kind}, {judgement.cause}: {judgement.detail}"
        case _:
            assert_never(judgement)


def _hex(digest: str) -> str:
    return digest.rpartition(":")[2]
