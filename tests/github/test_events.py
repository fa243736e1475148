"""Why a job runs is read strictly from the file that GitHub wrote."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from evalgate.errors import UserMistake
from evalgate.github.event import Event, SourceRun, load_event
from evalgate.github.surroundings import read_surroundings
from github_jobs import BASE, FORK, OURS, SHA, Job, Payload, pull_request, workflow_run

MakeJob = Callable[..., Job]


def event_of(at_work: Job) -> Event:
    """What a job's event is."""
    return load_event(read_surroundings(at_work.environment))


def faults(at_work: Job, **changed: str) -> str:
    """What is wrong with a job's surroundings or event, one line for each fault."""
    with pytest.raises(UserMistake) as mistake:
        load_event(read_surroundings({**at_work.environment, **changed}))
    return str(mistake.value)


def test_a_pull_request_of_our_own(job: MakeJob) -> None:
    """Number, both commits and who pushed."""
    assert event_of(job()) == Event(
        name="pull_request",
        repository="acme/app",
        head_sha=SHA,
        base_sha=BASE,
        pull_request=7,
        actor="ana",
    )


@pytest.mark.parametrize("head", [FORK, None], ids=["a fork", "a fork that was deleted"])
def test_a_pull_request_of_a_fork(job: MakeJob, head: Payload | None) -> None:
    """A repository that is not ours, or that is gone, has none of our rights."""
    assert event_of(job(payload=pull_request(head=head))).is_fork


def test_a_fork_that_calls_itself_like_us(job: MakeJob) -> None:
    """The repository's number counts, not what it calls itself."""
    renamed = {**FORK, "full_name": "acme/app"}

    assert event_of(job(payload=pull_request(head=renamed))).is_fork


def test_a_first_stage_that_is_over(job: MakeJob) -> None:
    """The run, and where its commit comes from; no pull request is taken from what it says."""
    payload = workflow_run()
    payload["workflow_run"]["pull_requests"] = [{"number": 1}]

    found = event_of(job(event="workflow_run", payload=payload))

    assert found.is_fork
    assert found.pull_request is None
    assert found.source == SourceRun(
        run_id=500,
        attempt=1,
        event="pull_request",
        head_owner="mallory",
        head_branch="fix",
        head_repository_id=9,
    )


OTHERS: dict[str, tuple[Payload, str | None]] = {
    "merge_group": ({"merge_group": {"head_sha": SHA, "base_sha": BASE}}, BASE),
    "push": ({"before": BASE, "after": SHA}, BASE),
    "schedule": ({"schedule": "17 3 * * *"}, None),
    "workflow_dispatch": ({"inputs": {"suite": "$(id)"}}, None),
}


@pytest.mark.parametrize(("name", "facts"), OTHERS.items(), ids=OTHERS.keys())
def test_events_without_a_pull_request(
    job: MakeJob, name: str, facts: tuple[Payload, str | None]
) -> None:
    """Each has its commit, and a base where there is one."""
    payload = {**facts[0], "repository": OURS}

    found = event_of(job(event=name, payload=payload))

    assert (found.head_sha, found.base_sha, found.pull_request) == (SHA, facts[1], None)
    assert not found.is_fork


def test_a_branchs_first_push_has_no_base(job: MakeJob) -> None:
    """GitHub writes noughts for a commit that is not there."""
    payload = {"before": "0" * 40, "after": SHA, "repository": OURS}

    assert event_of(job(event="push", payload=payload)).base_sha is None


def changed(path: str, value: object) -> Payload:
    """A pull request's payload with another value at a dotted path."""
    payload: Payload = json.loads(json.dumps(pull_request()))
    *parents, last = path.split(".")
    at: Any = payload
    for part in parents:
        at = at[part]
    at[last] = value
    return payload


FAULTY = {
    "a number that is text": ("pull_request.number", "7"),
    "a number that is true": ("pull_request.number", True),
    "a number below one": ("pull_request.number", 0),
    "a commit that is a branch": ("pull_request.head.sha", "main"),
    "a commit with a line after it": ("pull_request.head.sha", f"{SHA}\nx"),
    "a commit that is an option": ("pull_request.base.sha", "--output=x"),
    "a repository that climbs": ("pull_request.head.repo.full_name", "../.."),
    "a name of dots": ("pull_request.head.repo.full_name", "acme/.."),
    "an actor with a line in it": ("sender.login", "ana\n::error::x"),
    "no pull request": ("pull_request", None),
    "a list": ("pull_request", []),
}


@pytest.mark.parametrize(("path", "value"), FAULTY.values(), ids=FAULTY.keys())
def test_a_payload_of_another_form_is_refused(job: MakeJob, path: str, value: object) -> None:
    """Nothing is guessed; the fault names the key."""
    said = faults(job(payload=changed(path, value)))

    assert said.startswith(f"GITHUB_EVENT_PATH: {path}: ")


def test_an_event_of_another_repository_is_refused(job: MakeJob) -> None:
    """The file and the environment must mean the same repository."""
    said = faults(job(), GITHUB_REPOSITORY="acme/other")

    assert "is of acme/app, and GITHUB_REPOSITORY is acme/other" in said


def test_a_key_written_twice_is_refused(job: MakeJob) -> None:
    """Two readers of such a file would read two different events."""
    at_work = job()
    environment = at_work.environment
    text = json.dumps(pull_request())
    (at_work.folder / "event.json").write_text(text[:-1] + ', "number": 8, "number": 9}')

    with pytest.raises(UserMistake, match="is written twice"):
        load_event(read_surroundings(environment))


def test_a_giant_and_a_missing_file_are_told(job: MakeJob) -> None:
    """Each by what is wrong with it."""
    at_work = job()
    around = read_surroundings(at_work.environment)
    with (at_work.folder / "event.json").open("wb") as file:
        file.truncate(33 << 20)
    with pytest.raises(UserMistake, match="is larger than 32 MiB"):
        load_event(around)
    (at_work.folder / "event.json").unlink()
    with pytest.raises(UserMistake, match="there is no such file"):
        load_event(around)


def test_numbers_of_the_job_are_numbers(job: MakeJob) -> None:
    """They order the runs."""
    assert "GITHUB_RUN_ID: is not a whole number" in faults(job(), GITHUB_RUN_ID="12x")


@pytest.mark.parametrize("name", ["pull_request_target", "issue_comment", "x\n::error::y"])
def test_events_that_are_dangerous_or_unknown_are_refused(job: MakeJob, name: str) -> None:
    """A trigger that hands secrets to a stranger's commit is none of ours."""
    said = faults(job(event=name))

    assert "evalgate does not run on" in said
    assert len(said.splitlines()) == 1


def test_all_that_is_missing_is_told_at_once(job: MakeJob) -> None:
    """Whoever runs it outside a job sees everything that a job has."""
    with pytest.raises(UserMistake) as mistake:
        read_surroundings({})

    assert {problem.key for problem in mistake.value.problems} == {
        "GITHUB_REPOSITORY",
        "GITHUB_EVENT_NAME",
        "GITHUB_EVENT_PATH",
        "GITHUB_RUN_ID",
        "GITHUB_RUN_ATTEMPT",
    }


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example",
        "https://user:x@api.example",
        "ftp://api.example",
        "api.example",
        "https://",
    ],
)
def test_the_token_is_sent_to_https_alone(job: MakeJob, address: str) -> None:
    """An address that somebody could listen to, or that is none, is refused."""
    assert "GITHUB_API_URL: is not an https address" in faults(job(), GITHUB_API_URL=address)


def test_the_token_is_in_no_representation(job: MakeJob) -> None:
    """Whatever prints what it knows of the job prints no token and no password."""
    environment = {**job().environment, "HTTPS_PROXY": "http://user:pw@proxy.example:1"}
    around = read_surroundings({**environment, "GITHUB_API_URL": "https://api.example"})

    assert around.token
    assert around.proxy
    assert around.token not in repr(around)
    assert "pw" not in repr(around)
