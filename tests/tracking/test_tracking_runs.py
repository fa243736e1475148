"""A finished run is one MLflow run, complete; what goes wrong in MLflow costs nothing else."""

import datetime as dt
import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.decision import Decision, WrittenColumn, WrittenSheet
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest, Provenance
from evalgate.domain.scale import BINARY, MEASURED
from evalgate.domain.sheet import Absence
from evalgate.errors import ServiceFailed, UserMistake
from evalgate.quoting import redacted_addresses
from evalgate.tracking import contents
from evalgate.tracking.ahead import log_cases_ahead, open_ahead
from evalgate.tracking.decisions import Decided, decided
from evalgate.tracking.destination import Destination, destination_for
from evalgate.tracking.runs import log_run
from evalgate.tracking.summaries import ScoreSummary, summaries_of

EVALSET_DIGEST = "sha256:" + "0123456789abcdef" * 4
STARTED = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)

ANSWERS: list[tuple[Any, Judgement]] = [
    (Produced(text="yes | <b>", latency_s=0.5), Scored(score=1.0, reason="right")),
    (Produced(text="no"), Scored(score=0.0, reason="wrong")),
    (NotProduced(cause="empty", detail="blank"), NotProduced(cause="empty", detail="blank")),
    (
        Unanswered(cause="timeout", detail="60 s"),
        Unanswered(cause="timeout", detail="60 s"),
    ),
    (Produced(text="maybe"), Unscored(cause="unparsable", detail="neither yes nor no")),
]
MARKS = (1.0, 0.0, Absence.NOT_PRODUCED, Absence.UNANSWERED, Absence.UNSCORED)


class Kept(NamedTuple):
    """A run's manifest, what its scores come to, and its file."""

    manifest: Manifest
    summaries: dict[str, ScoreSummary]
    judgements: Path


def sheet(run_id: str) -> WrittenSheet:
    return WrittenSheet(
        run_id=run_id,
        candidate="v1",
        candidate_digest="sha256:c",
        judgements_digest="sha256:j",
        ids=tuple(f"q{n}" for n in range(len(MARKS))),
        inputs_digests=("sha256:i",) * len(MARKS),
        slices=({},) * len(MARKS),
        clusters=(None,) * len(MARKS),
        columns={
            "correctness": WrittenColumn(scale=BINARY, marks=MARKS),
            "latency_s": WrittenColumn(scale=MEASURED, marks=(0.5, *[Absence.UNSCORED] * 4)),
            "unheard": WrittenColumn(scale=BINARY, marks=(Absence.UNANSWERED,) * 5),
        },
    )


def decision(run_id: str) -> Decision:
    return Decision(
        suite="open-qa",
        suites=("open-qa",),
        evalset="open-qa@v1",
        verdict=Verdict.FAILED,
        outcome=Outcome.RED,
        exit_code=1,
        rulings=(),
        rules=(),
        decided_on=dt.date(2026, 11, 21),
        candidate=sheet(run_id),
    )


def in_file(decision: Decision, root: Path) -> Decided:
    """Write a decision beside the runs; the next one is written over it."""
    return decided(decision, root / ".evalgate")


def keep_run(root: Path, run_id: str) -> Kept:
    """Write a run's folder as it is when the run has ended."""
    folder = root / ".evalgate" / "runs" / run_id
    folder.mkdir(parents=True)
    lines = [
        JudgedCase(
            id=f"q{n}",
            inputs_digest="sha256:i",
            expected_digest="sha256:e",
            slices={"topic": "Zürich"},
            answer=answer,
            judgements={"correctness": judgement},
        ).model_dump_json()
        for n, (answer, judgement) in enumerate(ANSWERS)
    ]
    (folder / "judgements.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    manifest = Manifest(
        run_id=run_id,
        status="finished",
        suite="open-qa",
        candidate=CandidateIdentity(name="v1", kind="recorded", digest="sha256:c1", complete=True),
        evalset=EvalsetIdentity(ref="open-qa@v1", digest=EVALSET_DIGEST, cases=5, frozen=True),
        judges={"correctness": JudgeIdentity(digest="sha256:j1", scale=BINARY)},
        provenance=Provenance(commit="abc123", dirty=True, seed=7),
        started=STARTED,
        finished=STARTED + dt.timedelta(seconds=90),
        duration_s=90.0,
        judged=5,
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json(), encoding="utf-8")
    return Kept(manifest, summaries_of(sheet(run_id).sheet()), folder / "judgements.jsonl")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose folder has a name with a space and a hash in it."""
    return tmp_path_factory.mktemp("a project #1@2")


@pytest.fixture(scope="session")
def destination(root: Path) -> Destination:
    """One SQLite database for all tests: making its tables takes seconds."""
    return destination_for(root)


@pytest.fixture(scope="session")
def kept(root: Path) -> Kept:
    return keep_run(root, "20261121-080000-v1")


class Creation(NamedTuple):
    """What two processes made of one database that was not there."""

    ours: str
    theirs: tuple[int, str, str]
    left_behind: list[Path]


@pytest.fixture(scope="session")
def creation(
    root: Path, kept: Kept, destination: Destination, tmp_path_factory: pytest.TempPathFactory
) -> Creation:
    """Log a run in this process, every way to a socket closed, and one in another, at once."""
    folder = keep_run(root, "of-the-other-process").judgements.parent
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(root), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=elsewhere,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refuse)
        patch.setattr(socket, "getaddrinfo", _refuse)
        patch.chdir(elsewhere)
        ours = log_run(destination, *kept, in_file(decision(kept.manifest.run_id), root)).run_id
    out, err = other.communicate(timeout=60)
    return Creation(ours, (other.returncode, out, err), list(elsewhere.iterdir()))


OTHER_PROCESS = """
import sys
from pathlib import Path
from evalgate.domain.run import Manifest
from evalgate.tracking.destination import destination_for
from evalgate.tracking.quiet import quiet_mlflow
from evalgate.tracking.runs import log_run

root, folder = Path(sys.argv[1]), Path(sys.argv[2])
manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
with quiet_mlflow():
    print("ready", flush=True)
print(log_run(destination_for(root), manifest, {}, folder / "judgements.jsonl", None).run_id)
"""


@pytest.fixture
def logged(creation: Creation) -> str:
    """The run's id in MLflow."""
    return creation.ours


@pytest.fixture
def client(destination: Destination, logged: str) -> MlflowClient:
    """MLflow's own client, to read back."""
    return MlflowClient(tracking_uri=destination.uri)


OURS = "name = 'evalgate'"


def _refuse(*address: object, **_: object) -> None:
    raise AssertionError(f"a socket was opened: {address}")


@pytest.fixture
def run(client: MlflowClient, logged: str) -> Run:
    return client.get_run(logged)


def artifact(client: MlflowClient, run_id: str, path: str, folder: Path) -> str:
    return Path(client.download_artifacts(run_id, path, str(folder))).read_text("utf-8")


def test_every_score_has_its_metrics(run: Run) -> None:
    """Unknown numbers are left out; what was not produced counts as the worst."""
    metrics = run.data.metrics

    assert metrics["correctness/mean"] == pytest.approx(1 / 3)
    assert metrics["correctness/coverage"] == 0.6
    assert (metrics["correctness/scored"], metrics["correctness/not_produced"]) == (2, 1)
    assert (metrics["correctness/unanswered"], metrics["correctness/unscored"]) == (1, 1)
    assert metrics["latency_s/mean"] == 0.5
    assert (metrics["duration_s"], metrics["judged"]) == (90, 5)
    assert "unheard/mean" not in metrics
    assert metrics["unheard/coverage"] == 0
    assert "cost_usd" not in metrics


def test_parameters_and_tags_say_what_was_run_and_decided(run: Run, kept: Kept) -> None:
    """Digests are short among the parameters and whole among the tags."""
    assert run.data.params == {
        "candidate": "v1",
        "candidate.kind": "recorded",
        "candidate.digest": "c1",
        "evalset": "open-qa@v1",
        "evalset.digest": "0123456789ab",
        "suite": "open-qa",
        "judges": "correctness",
        "seed": "7",
    }
    ours = {key: value for key, value in run.data.tags.items() if not key.startswith("mlflow.")}
    assert ours.pop("evalgate.decision_digest")
    assert ours.pop("evalgate.cases_kept") == kept.manifest.judgements_digest
    assert ours == {
        "evalgate.decisions": "1",
        "evalgate.run_id": "20261121-080000-v1",
        "evalgate.verdict": "failed",
        "evalgate.outcome": "red",
        "evalgate.exit_code": "1",
        "evalgate.evalset_digest": EVALSET_DIGEST,
        "evalgate.candidate_digest": "sha256:c1",
        "evalgate.judge_digest.correctness": "sha256:j1",
        "git.sha": "abc123",
        "git.dirty": "true",
    }


def test_the_run_ended_when_it_ended(run: Run) -> None:
    """The times are the run's own, not those of the logging."""
    assert (run.info.status, run.info.run_name) == ("FINISHED", "20261121-080000-v1")
    assert run.info.start_time == STARTED.timestamp() * 1000
    assert run.info.end_time - run.info.start_time == 90_000


def test_the_evalset_is_the_runs_dataset(run: Run) -> None:
    """Its digest is the content's, as long as MLflow allows, and MLflow can read its source."""
    assert run.inputs is not None
    (used,) = run.inputs.dataset_inputs

    assert (used.dataset.name, used.dataset.digest) == ("open-qa@v1", EVALSET_DIGEST[7:43])
    assert [(tag.key, tag.value) for tag in used.tags] == [("mlflow.data.context", "evaluation")]
    source: Any = mlflow.data.get_source(used)
    assert source.uri == "evalsets/open-qa/v1.jsonl"


def test_the_table_has_every_case(client: MlflowClient, logged: str, tmp_path: Path) -> None:
    """A missing score is null, and the column beside it says why."""
    text = artifact(client, logged, "eval_results_table.json", tmp_path)
    table = json.loads(text)
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]

    assert [row["correctness/score"] for row in rows] == [1.0, 0.0, None, None, None]
    assert [row["answer"] for row in rows[:3]] == ["yes | <b>", "no", "empty: blank"]
    assert rows[4]["correctness/reason"] == "unscored, unparsable: neither yes nor no"
    assert rows[0]["slices"] == '{"topic": "Zürich"}'
    assert "NaN" not in text


def test_judgements_and_decision_are_artifacts(
    client: MlflowClient, logged: str, kept: Kept, tmp_path: Path
) -> None:
    """Byte by byte, so that a verdict can be checked from MLflow alone."""
    judgements = artifact(client, logged, "evalgate/judgements.jsonl", tmp_path)
    decided = artifact(client, logged, "evalgate/decision.json", tmp_path)

    assert judgements == kept.judgements.read_text("utf-8")
    assert Decision.model_validate_json(decided) == decision(kept.manifest.run_id)


def test_artifacts_lie_in_the_project(root: Path, run: Run) -> None:
    """A folder's odd name changes nothing."""
    assert list((root / ".evalgate" / "mlartifacts").glob("*/artifacts/eval_results_table.json"))
    assert sorted(path.name for path in root.iterdir()) == [".evalgate"]


def test_a_run_is_logged_once(
    client: MlflowClient, destination: Destination, root: Path, kept: Kept, run: Run
) -> None:
    """Asked again, the place is the same and nothing is added."""
    again = log_run(destination, *kept, in_file(decision(kept.manifest.run_id), root))

    named = f"tags.`evalgate.run_id` = '{kept.manifest.run_id}'"
    found = client.search_runs([run.info.experiment_id], named)
    assert [each.info.run_id for each in found] == [again.run_id] == [run.info.run_id]
    assert again.experiment_id == run.info.experiment_id


def test_two_processes_create_one_database_at_once(
    client: MlflowClient, creation: Creation
) -> None:
    """Both succeed, and MLflow is silent on both streams."""
    code, out, err = creation.theirs

    assert (code, err) == (0, "")
    theirs = client.get_run(out.strip())
    assert theirs.data.tags["evalgate.run_id"] == "of-the-other-process"


def test_nothing_is_written_to_the_current_folder(creation: Creation) -> None:
    """MLflow's own default would put a database and artifacts there."""
    assert creation.left_behind == []


def test_a_decision_is_added_to_a_run_that_has_none(
    client: MlflowClient, destination: Destination, root: Path
) -> None:
    """As for a baseline that is a candidate later."""
    kept = keep_run(root, "baseline")
    first = log_run(destination, *kept, None)
    assert "evalgate.verdict" not in client.get_run(first.run_id).data.tags

    assert log_run(destination, *kept, in_file(decision("baseline"), root)) == first
    assert client.get_run(first.run_id).data.tags["evalgate.verdict"] == "failed"


def test_the_newest_decision_stands_and_earlier_ones_are_kept(
    client: MlflowClient, destination: Destination, root: Path, tmp_path: Path
) -> None:
    """Rules that changed decide anew: file and tags are the new decision's, none is lost."""
    kept = keep_run(root, "decided again")
    first = decision("decided again").model_copy(update={"baseline": sheet("the baseline")})
    second = decision("decided again").model_copy(
        update={"verdict": Verdict.PASSED, "outcome": Outcome.GREEN, "exit_code": 0}
    )
    third = second.model_copy(update={"decided_on": dt.date(2026, 11, 22)})

    ids = {
        log_run(destination, *kept, in_file(each, root)).run_id
        for each in (first, second, second, third)
    }

    (run_id,) = ids
    tags = client.get_run(run_id).data.tags
    assert (tags["evalgate.verdict"], tags["evalgate.exit_code"]) == ("passed", "0")
    assert tags["evalgate.decisions"] == "3"
    assert "evalgate.baseline_run" not in tags
    texts = {
        name: artifact(client, run_id, f"evalgate/{name}.json", tmp_path)
        for name in ("decision", "decisions/1", "decisions/2")
    }
    assert texts == {
        "decision": third.model_dump_json(indent=2),
        "decisions/1": first.model_dump_json(indent=2),
        "decisions/2": second.model_dump_json(indent=2),
    }


def test_an_interrupted_replacement_loses_no_decision(
    client: MlflowClient, destination: Destination, root: Path, tmp_path: Path
) -> None:
    """The file was replaced and the tags were not: what was set aside stays what it was."""
    kept = keep_run(root, "replaced by half")
    first = decision("replaced by half")
    second = first.model_copy(update={"exit_code": 3})
    run_id = log_run(destination, *kept, in_file(first, root)).run_id
    client.log_text(run_id, first.model_dump_json(indent=2), "evalgate/decisions/1.json")
    client.log_text(run_id, second.model_dump_json(indent=2), "evalgate/decision.json")

    log_run(destination, *kept, in_file(second, root))

    assert client.get_run(run_id).data.tags["evalgate.exit_code"] == "3"
    earlier = artifact(client, run_id, "evalgate/decisions/1.json", tmp_path)
    assert earlier == first.model_dump_json(indent=2)


def test_the_remains_of_an_interrupted_logging_are_replaced(
    client: MlflowClient, destination: Destination, root: Path, run: Run
) -> None:
    """A run without its end is not taken for the whole run."""
    kept = keep_run(root, "interrupted")
    half = client.create_run(run.info.experiment_id, tags={"evalgate.run_id": "interrupted"})

    whole = log_run(destination, *kept, None)

    assert whole.run_id != half.info.run_id
    assert client.get_run(half.info.run_id).info.lifecycle_stage == "deleted"


def test_what_was_kept_ahead_is_gone_on_with(
    client: MlflowClient, destination: Destination, root: Path
) -> None:
    """One run, which is running until its metrics are there too."""
    kept = keep_run(root, "ahead")
    log_cases_ahead(destination, kept.manifest, kept.judgements)
    log_cases_ahead(destination, kept.manifest, kept.judgements)
    (experiment,) = {each.experiment_id for each in client.search_experiments(filter_string=OURS)}
    (begun,) = client.search_runs([experiment], "tags.`evalgate.run_id` = 'ahead'")
    assert (begun.info.status, begun.data.metrics) == ("RUNNING", {})

    logged = log_run(destination, *kept, in_file(decision("ahead"), root))

    whole = client.get_run(logged.run_id)
    assert whole.info.run_id == begun.info.run_id
    assert whole.info.status == "FINISHED"
    assert whole.data.metrics["judged"] == kept.manifest.judged
    assert whole.data.tags["evalgate.verdict"] == "failed"


def test_cases_of_another_content_are_not_gone_on_with(
    client: MlflowClient, destination: Destination, root: Path
) -> None:
    """What was begun with other judgements is no part of this run."""
    kept = keep_run(root, "changed since")
    log_cases_ahead(destination, kept.manifest, kept.judgements)
    sealed = kept.manifest.model_copy(update={"judgements_digest": "sha256:other"})

    logged = log_run(destination, sealed, kept.summaries, kept.judgements, None)

    tags = client.get_run(logged.run_id).data.tags
    assert tags["evalgate.cases_kept"] == "sha256:other"
    named = "tags.`evalgate.run_id` = 'changed since'"
    found = client.search_runs([logged.experiment_id], named)
    assert [each.info.run_id for each in found] == [logged.run_id]


@pytest.mark.parametrize("status", ["stopped", "finished"])
def test_nothing_is_kept_ahead_where_no_database_is_or_no_run_is_finished(
    destination: Destination, root: Path, tmp_path: Path, client: MlflowClient, status: str
) -> None:
    """A command makes no database for what it may not keep; a run that goes on is kept later."""
    kept = keep_run(root, f"not ahead {status}")
    manifest = kept.manifest.model_copy(update={"status": status})
    there = destination if status == "stopped" else destination_for(tmp_path)

    log_cases_ahead(there, manifest, kept.judgements)

    assert not (tmp_path / ".evalgate").exists()
    experiments = [each.experiment_id for each in client.search_experiments()]
    assert not client.search_runs(experiments, f"tags.`evalgate.run_id` = 'not ahead {status}'")


def test_the_process_keeps_its_own_tracking_uri(logged: str) -> None:
    """Somebody who uses MLflow beside evalgate notices nothing."""
    assert ".evalgate" not in mlflow.get_tracking_uri()


def test_a_long_table_is_cut(kept: Kept) -> None:
    """The table is for people; the artifact has all cases, and a tag says so."""
    table = contents.load_table(kept.judgements, kept.manifest, 3)

    assert (table.cut, table.columns["id"]) == (True, ["q0", "q1", "q2"])
    assert "first 10000 cases" in contents.tags_of(kept.manifest, table)["evalgate.table"]


def test_the_table_says_which_trial_a_line_is_of(kept: Kept) -> None:
    """Where there are several, and only there."""
    several = kept.manifest.model_copy(update={"trials": 2})

    table = contents.load_table(kept.judgements, several, 3)

    assert table.columns["trial"] == [0, 0, 0]
    assert "trial" not in contents.load_table(kept.judgements, kept.manifest, 3).columns
    assert "first 10000 answers" in contents.tags_of(several, table)["evalgate.table"]
    assert contents.params_of(several)["trials"] == "2"


def test_nothing_is_made_ahead_of_the_first_run(tmp_path: Path) -> None:
    """The command may still end with nothing to keep."""
    open_ahead(destination_for(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_a_database_is_opened_ahead_and_left_as_it_is(kept: Kept, tmp_path: Path) -> None:
    """Neither an experiment nor a run is there afterwards that was not there before."""
    there = destination_for(tmp_path)
    log_run(there, kept.manifest, {}, kept.judgements, None)

    open_ahead(there)
    open_ahead(replace(there, experiment="another"))

    client = MlflowClient(tracking_uri=there.uri)
    assert client.get_experiment_by_name("another") is None
    known = client.get_experiment_by_name(there.experiment)
    assert known is not None
    assert len(client.search_runs([known.experiment_id])) == 1


@pytest.mark.parametrize("address", ["http://{}", "postgresql://{}/runs"])
def test_no_server_is_asked_ahead(address: str) -> None:
    """It may be slow, or another's: nobody has knocked at its door."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        open_ahead(Destination(address.format(f"127.0.0.1:{server.getsockname()[1]}")))

        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_damaged_line_is_named(kept: Kept, tmp_path: Path) -> None:
    """The file and the line are said; nothing is sent to MLflow."""
    damaged = tmp_path / "judgements.jsonl"
    damaged.write_text(kept.judgements.read_text("utf-8") + '{"id": "x"}\n', encoding="utf-8")

    with pytest.raises(UserMistake, match=r"judgements\.jsonl:6: is not a judged case"):
        contents.load_table(damaged, kept.manifest, 10)


@pytest.mark.parametrize(
    ("name", "legal"),
    [("exact_match", "exact_match"), ("a=b", "a_b_"), ("a[b", "a_b_"), ("x" * 300, "x" * 200)],
)
def test_names_become_legal(name: str, legal: str) -> None:
    """Two names that would become one stay two."""
    assert contents.legal_name(name).startswith(legal)
    assert contents.legal_name("a=b") != contents.legal_name("a[b")


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    """A loopback port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_a_server_that_is_down_is_said_without_its_password(
    scheme: str, kept: Kept, closed_port: int
) -> None:
    """The message says where the run is; the password is in neither message nor traceback."""
    uri = f"{scheme}://ada:s3cr/t@127.0.0.1:{closed_port}/db"
    if scheme == "http":
        uri = uri.replace("/t@", "t@")

    with pytest.raises(ServiceFailed, match="the run is kept in") as raised:
        log_run(Destination(uri), *kept, None)

    message = str(raised.value)
    assert f"{scheme}://[redacted]@127.0.0.1:{closed_port}" in message
    assert str(kept.judgements.parent) in message
    assert "s3cr" not in message
    assert raised.value.__suppress_context__


def test_a_locked_database_is_said(destination: Destination, root: Path, logged: str) -> None:
    """Nobody waits for long."""
    kept = keep_run(root, "locked")
    with closing(sqlite3.connect(root / ".evalgate" / "mlflow.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ServiceFailed, match="database is locked; the run is kept in"):
            log_run(replace(destination, patience_s=0.05), *kept, None)


def test_a_damaged_database_is_said(kept: Kept, tmp_path: Path) -> None:
    """It is neither repaired nor replaced."""
    database = tmp_path / ".evalgate" / "mlflow.db"
    database.parent.mkdir()
    database.write_bytes(b"this was a database" * 100)

    with pytest.raises(ServiceFailed, match="file is not a database"):
        log_run(destination_for(tmp_path), *kept, None)

    assert database.read_bytes().startswith(b"this was")


def test_a_folder_where_the_database_should_be_is_said(kept: Kept, tmp_path: Path) -> None:
    """The same for any path that cannot be opened."""
    (tmp_path / ".evalgate" / "mlflow.db").mkdir(parents=True)

    with pytest.raises(ServiceFailed, match="unable to open database file"):
        log_run(destination_for(tmp_path), *kept, None)


def test_a_full_disk_for_artifacts_is_said(
    destination: Destination, kept: Kept, tmp_path: Path, logged: str
) -> None:
    """A place that takes no files stands for one without space."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    elsewhere = replace(destination, experiment="blocked", artifacts=blocked)

    with pytest.raises(ServiceFailed, match="the run is kept in"):
        log_run(elsewhere, *kept, None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://ada:pw@host/x", "http://[redacted]@host/x"),
        (
            "at postgresql+psycopg://ada:p@w/d@db:1/x failed",
            "at postgresql+psycopg://[redacted]@db:1/x failed",
        ),
        ("mysql://db/x?user=a&password=pw&b=1", "mysql://db/x?user=a&password=[redacted]&b=1"),
        ("sqlite:////home/job@2/mlflow.db", "sqlite:////home/job@2/mlflow.db"),
        ("https://host/evalset", "https://host/evalset"),
    ],
)
def test_passwords_are_taken_out_of_addresses(text: str, shown: str) -> None:
    """A path with an @ is no password."""
    assert redacted_addresses(text) == shown


def test_the_environments_words_win() -> None:
    """A tracking server and an experiment that the caller names are used."""
    named = destination_for(Path("/p"), "http://host:5000", "mine")

    assert (named.uri, named.experiment, named.is_database) == ("http://host:5000", "mine", False)


@pytest.mark.parametrize(
    ("uri", "page"),
    [
        ("https://mlflow.example/", "https://mlflow.example/#/experiments/7/runs/ab"),
        ("http://127.0.0.1:5000/sub", "http://127.0.0.1:5000/sub/#/experiments/7/runs/ab"),
        ("https://ada:pw@host:8443", "https://host:8443/#/experiments/7/runs/ab"),
        ("https://host/?token=x#y", "https://host/#/experiments/7/runs/ab"),
        ("sqlite:////p/mlflow.db", ""),
        ("postgresql://host/runs", ""),
        ("databricks", ""),
    ],
)
def test_a_run_on_a_server_has_a_page(uri: str, page: str) -> None:
    """Without what opens it to strangers; a database has none."""
    assert Destination(uri).page("7", "ab") == page
