"""What `evalgate doctor` finds in a workflow: triggers, pins, permissions, scripts, checkouts."""

from pathlib import Path

import pytest
import yaml

from doc_pages import PROJECT
from doctor_repository import ACTION, CHECKOUT, ON, SHA, changed, symptoms
from evalgate.github.doctor.inputs import INPUTS

OTHER = ".github/workflows/other.yml"
READ = "permissions: {contents: read}\n"


def other(text: str) -> dict[str, str]:
    """A second workflow."""
    return {OTHER: text}


def job(steps: str, before: str = "", on: str = "pull_request") -> dict[str, str]:
    """A second workflow with one job, which reads the code and calls evalgate."""
    return other(f"on: {on}\n{READ}jobs:\n  it:\n{before}    steps:\n{steps}")


def test_a_sound_repository_has_nothing_wrong(tmp_path: Path) -> None:
    """What all other tests break, one thing at a time."""
    assert symptoms(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(
            job("      - run: evalgate check\n", on="pull_request_target"),
            [
                (
                    f"fault: {OTHER}:1:1: on: pull_request_target hands this repository's keys and"
                    " rights to a stranger's change (use pull_request; on workflow_run a second"
                    " workflow comments for forks)"
                )
            ],
            id="pull_request_target with evalgate",
        ),
        pytest.param(
            job("      - run: label\n", on="[push, pull_request_target]"),
            [
                (
                    f"hint: {OTHER}:1:12: on.1: pull_request_target has this repository's keys and"
                    " rights: nothing of the change may run in it (use pull_request wherever"
                    " nothing has to be written)"
                )
            ],
            id="pull_request_target without evalgate",
        ),
        pytest.param(
            job(
                "      - uses: actions/checkout@v6\n"
                "        with: {ref: '${{ github.event.workflow_run.head_sha }}'}\n",
                on="{workflow_run: {workflows: [gate]}}",
            ),
            [
                (
                    f"fault: {OTHER}:6:9: jobs.it.steps.0: fetches the change's code, on"
                    " workflow_run with the default branch's rights (check out the default branch,"
                    " and take reports from artifacts, as data)"
                )
            ],
            id="workflow_run checks the head out",
        ),
        pytest.param(
            job(
                "      - env: {WHAT: 'refs/pull/${{ github.event.number }}/head'}\n"
                '        run: git fetch origin "$WHAT"\n',
                on="{workflow_run: {workflows: [gate]}}",
            ),
            [
                (
                    f"fault: {OTHER}:6:9: jobs.it.steps.0: fetches the change's code, on"
                    " workflow_run with the default branch's rights (check out the default branch,"
                    " and take reports from artifacts, as data)"
                )
            ],
            id="workflow_run fetches the head by hand",
        ),
        pytest.param(
            job("      - run: gh pr checkout 7 && make\n", on="pull_request_target"),
            [
                (
                    f"fault: {OTHER}:6:9: jobs.it.steps.0: fetches the change's code, on"
                    " pull_request_target with the default branch's rights (check out the default"
                    " branch, and take reports from artifacts, as data)"
                ),
                (
                    f"hint: {OTHER}:1:1: on: pull_request_target has this repository's keys and"
                    " rights: nothing of the change may run in it (use pull_request wherever"
                    " nothing has to be written)"
                ),
            ],
            id="pull_request_target checks the head out by hand",
        ),
        pytest.param(
            job(
                "      - env: {BRANCH: '${{ github.event.workflow_run.head_branch }}'}\n"
                '        run: echo "$BRANCH"\n',
                on="{workflow_run: {workflows: [gate]}}",
            ),
            [],
            id="workflow_run only names the head",
        ),
        pytest.param(
            job("      - run: evalgate ci run\n", on="issue_comment"),
            [
                (
                    f"fault: {OTHER}:1:1: on: anybody can start evalgate, and spend its keys,"
                    " by issue_comment (use pull_request, and workflow_dispatch for people with"
                    " rights)"
                ),
                (
                    f"hint: {OTHER}:6:9: jobs.it.steps.0: has no OPENAI_API_KEY: what is not"
                    " recorded stays unanswered (write OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY"
                    " }} below its `env:`)"
                ),
            ],
            id="a comment starts evalgate",
        ),
        pytest.param(job("      - run: triage\n", on="issue_comment"), [], id="a comment alone"),
    ],
)
def test_triggers(files: dict[str, str], found: list[str], tmp_path: Path) -> None:
    """Events with the default branch's rights stay away from a stranger's words and code."""
    assert symptoms(tmp_path, files) == found


OURS = "      - run: evalgate check\n"
UNPINNED = "a tag or a branch can be moved (write the commit's 40 digits, and # v1.2.3 behind them)"


@pytest.mark.parametrize(
    ("uses", "found"),
    [
        pytest.param(
            "acme/tool@v4",
            f"fault: {OTHER}:7:9: jobs.it.steps.1.uses: 'acme/tool@v4' is not pinned by a commit: "
            + UNPINNED,
            id="a tag",
        ),
        pytest.param(
            f"acme/tool@{SHA[:12]} # v4",
            f"fault: {OTHER}:7:9: jobs.it.steps.1.uses: 'acme/tool@{SHA[:12]}' is not pinned by a"
            f" commit: {UNPINNED}",
            id="a short commit",
        ),
        pytest.param(
            "docker://acme/tool:4",
            f"fault: {OTHER}:7:9: jobs.it.steps.1.uses: 'docker://acme/tool:4' has no digest:"
            " another image can be put in its place (write docker://IMAGE@sha256:DIGEST)",
            id="an image by its tag",
        ),
        pytest.param(
            f"acme/tool@{SHA} # the newest",
            f"hint: {OTHER}:7:9: jobs.it.steps.1.uses: no comment says which version this is"
            " (write # v1.2.3 behind it)",
            id="a commit without a version",
        ),
        pytest.param(
            "./../elsewhere",
            f"hint: {OTHER}:7:9: jobs.it.steps.1.uses: './../elsewhere' was not looked at: no such"
            " action of this repository can be read",
            id="an action outside",
        ),
        pytest.param(
            r'"./\0"',
            f"hint: {OTHER}:7:9: jobs.it.steps.1.uses: './\\x00' was not looked at: no such action"
            " of this repository can be read",
            id="a name that no file can have",
        ),
        pytest.param(f"acme/tool/sub@{SHA} # v4", "", id="a commit with its version"),
        pytest.param(f"docker://acme/tool@sha256:{'a' * 64}", "", id="an image by its digest"),
        pytest.param("$/action", "", id="this repository at the workflow's commit"),
    ],
)
def test_pins(uses: str, found: str, tmp_path: Path) -> None:
    """What a workflow with evalgate uses is what somebody looked at."""
    lines = symptoms(tmp_path, job(f"{OURS}      - uses: {uses}\n"))

    assert lines == [found] * bool(found)


def test_a_workflow_without_evalgate_may_use_tags(tmp_path: Path) -> None:
    """It is not ours to judge."""
    assert symptoms(tmp_path, job("      - uses: acme/tool@v4 # not evalgate's\n")) == []


def test_a_workflow_that_is_called_is_pinned_too(tmp_path: Path) -> None:
    """Its jobs are jobs of ours."""
    text = f"on: push\n{READ}jobs: {{evalgate: {{uses: acme/x/.github/workflows/y.yml@main}}}}\n"

    (line,) = symptoms(tmp_path, other(text))

    assert line == (
        f"fault: {OTHER}:3:19: jobs.evalgate.uses: 'acme/x/.github/workflows/y.yml@main' is not"
        f" pinned by a commit: {UNPINNED}"
    )


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            [("permissions: {}\n", "")],
            [
                (
                    f"hint: {ON}:1:1: permissions: is missing: the next job will have what the"
                    " repository's settings give (write `permissions: {}` at the top, and in each"
                    " job what it needs)"
                )
            ],
            id="no permissions at the top, and in every job",
        ),
        pytest.param(
            [("permissions: {}\n", ""), ("    permissions:\n      contents: read # eval\n", "")],
            [
                (
                    f"fault: {ON}:1:1: permissions: is missing: a job has what the repository's"
                    " settings give (write `permissions: {}` at the top, and in each job what it"
                    " needs)"
                )
            ],
            id="no permissions at the top, nor in a job",
        ),
        pytest.param(
            [("permissions: {}\n", "permissions: write-all\n")],
            [
                (
                    f"fault: {ON}:5:1: permissions: write-all lets every step write whatever there"
                    " is (name what each job needs)"
                )
            ],
            id="write-all",
        ),
        pytest.param(
            [("contents: read # eval", "contents: write")],
            [
                (
                    f"fault: {ON}:19:5: jobs.eval.permissions: the job 'eval' may write (contents)"
                    " and has mode run, which runs candidates and judges (let another job write)"
                ),
                (
                    f"fault: {ON}:19:5: jobs.eval.permissions: the job 'eval' may write (contents)"
                    " and has the secret OPENAI_API_KEY (make two jobs of it)"
                ),
            ],
            id="a right to write beside a key and mode run",
        ),
        pytest.param(
            [("contents: read # gate", "checks: write")],
            [
                (
                    f"fault: {ON}:32:5: jobs.gate.permissions: the job 'gate' may write (checks)"
                    " and has a step that can run the change's own code (check the base out: ref:"
                    " ${{ github.event.pull_request.base.sha }})"
                )
            ],
            id="a right to write beside the change's code",
        ),
        pytest.param(
            [('ref: "${{ github.event.pull_request.base.sha }}"', "path: head")],
            [
                (
                    f"fault: {ON}:47:5: jobs.comment.permissions: the job 'comment' may write"
                    " (pull-requests) and has a step that can run the change's own code (check the"
                    " base out: ref: ${{ github.event.pull_request.base.sha }})"
                )
            ],
            id="the comment runs the change's tool",
        ),
        pytest.param(
            [("pull-requests: write", "pull-requests: read")],
            [
                (
                    f"fault: {ON}:47:5: jobs.comment.permissions: mode comment cannot write:"
                    " `pull-requests: write` is missing (add it to this job alone)"
                )
            ],
            id="a comment that may not be written",
        ),
        pytest.param(
            [("{mode: comment,", "{mode: issue,")],
            [
                (
                    f"fault: {ON}:47:5: jobs.comment.permissions: mode issue cannot write:"
                    " `issues: write` is missing (add it to this job alone)"
                )
            ],
            id="an issue that may not be written",
        ),
        pytest.param(
            [("{mode: comment,", "{mode: propose,")],
            [
                (
                    f"fault: {ON}:47:5: jobs.comment.permissions: mode propose cannot write:"
                    " `contents: write` is missing (add it to this job alone)"
                ),
            ],
            id="a baseline that may not be proposed",
        ),
    ],
)
def test_permissions(changes: list[tuple[str, str]], found: list[str], tmp_path: Path) -> None:
    """A token may do what its job is for, and is alone with it."""
    lines = symptoms(tmp_path, changed(*changes))

    assert [line for line in lines if "write-all)" not in line] == found


def test_write_all_is_said_of_every_job_that_has_it(tmp_path: Path) -> None:
    """Whatever a job grants itself, and nothing of what it may do is left out."""
    files = changed(("permissions:\n      contents: read # eval", "permissions: write-all"))

    assert [
        line.partition(": jobs.eval.permissions: ")[2] for line in symptoms(tmp_path, files)
    ] == [
        (
            "the job 'eval' may write (write-all) and has mode run, which runs candidates and"
            " judges (let another job write)"
        ),
        (
            "the job 'eval' may write (write-all) and has the secret OPENAI_API_KEY (make two jobs"
            " of it)"
        ),
        "write-all lets every step write whatever there is (name what each job needs)",
    ]


@pytest.mark.parametrize(
    ("step", "where"),
    [
        pytest.param("run: echo ${{ github.event.pull_request.title }}", "run", id="in a script"),
        pytest.param("run: |\n          true\n          echo ${{ inputs.x }}", "run", id="below"),
    ],
)
def test_expressions_in_a_script(step: str, where: str, tmp_path: Path) -> None:
    """A title, a branch, an answer is no code."""
    (line,) = symptoms(tmp_path, job(f"{OURS}      - {step}\n"))

    assert line == (
        f"fault: {OTHER}:7:9: jobs.it.steps.1.{where}: an expression is pasted into the script:"
        " whoever writes its value runs a command (hand it over in `env:`, and write"
        ' "$NAME" in the script)'
    )


def test_expressions_in_a_script_of_github_script(tmp_path: Path) -> None:
    """JavaScript is a script too."""
    uses = f"uses: actions/github-script@{SHA} # v8.0.0\n        with:\n"

    (line,) = symptoms(
        tmp_path, job(f"{OURS}      - {uses}          script: f('${{{{ github.head_ref }}}}')\n")
    )

    assert line == (
        f"fault: {OTHER}:9:11: jobs.it.steps.1.with.script: an expression is pasted into the"
        " script: whoever writes its value runs a command (hand it over in `env:`, and read"
        " process.env.NAME in the script)"
    )


LOCAL = """\
runs:
  using: composite
  steps:
    - run: echo ${{ inputs.title }} | evalgate show
    - uses: acme/tool@main
"""


def test_actions_of_the_repository_are_read_too(tmp_path: Path) -> None:
    """What a workflow may not do, an action that it uses may not do for it; each is told once."""
    twice = "      - uses: ./tools/say\n" * 2

    assert symptoms(tmp_path, {**job(twice), "tools/say/action.yaml": LOCAL}) == [
        (
            "fault: tools/say/action.yaml:4:7: runs.steps.0.run: an expression is pasted into the"
            " script: whoever writes its value runs a command (hand it over in `env:`, and write"
            ' "$NAME" in the script)'
        ),
        (
            "fault: tools/say/action.yaml:5:7: runs.steps.1.uses: 'acme/tool@main' is not pinned by"
            f" a commit: {UNPINNED}"
        ),
    ]


def test_an_action_that_uses_itself_comes_to_an_end(tmp_path: Path) -> None:
    """GitHub refuses it when it runs; here it is read once."""
    text = "runs: {using: composite, steps: [{uses: ./tools}, {run: evalgate check}]}\n"

    assert symptoms(tmp_path, {**job("      - uses: ./tools\n"), "tools/action.yml": text}) == []


WRAPPER = f"""\
inputs: {{part: {{default: plan}}}}
runs:
  using: composite
  steps:
    - uses: {CHECKOUT}
      with: {{fetch-depth: 0, persist-credentials: false}}
    - uses: {ACTION}
      with: {{mode: "${{{{ inputs.part }}}}"}}
"""


def test_the_mode_is_known_through_an_action_of_the_repository(tmp_path: Path) -> None:
    """A team wraps evalgate's action; the gate is found, and its faults, all the same."""
    merge = f"uses: {ACTION}\n        with: {{mode: merge}}"
    wrapped = "uses: ./gate\n        with: {part: merge}"

    sound = symptoms(tmp_path, {**changed((merge, wrapped)), "gate/action.yml": WRAPPER})
    tolerant = changed((merge, f"{wrapped}\n        continue-on-error: true"))

    assert sound == []
    assert symptoms(tmp_path, tolerant) == [
        (
            f"fault: {ON}:44:9: jobs.gate.steps.2.continue-on-error: turns what evalgate says green"
            " (leave it out)"
        )
    ]


def test_a_mode_may_be_an_actions_default(tmp_path: Path) -> None:
    """As in an action of the repository's own that is called without one."""
    merge = f"uses: {ACTION}\n        with: {{mode: merge}}"
    files = changed((merge, "uses: ./tools"))
    files["tools/action.yml"] = "name: evalgate\ninputs: {mode: {default: merge}}\n"

    assert symptoms(tmp_path, files) == []


RUN = "{mode: run, suite: quiz}"
AT_RUN = f"fault: {ON}:25:"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (
            "{mode: run, suite: quiz, shrad: '${{ matrix.shard }}'}",
            (
                f"{AT_RUN}40: jobs.eval.steps.1.with.shrad: the action has no input 'shrad': its"
                " own default is taken instead (did you mean 'shard'?)"
            ),
        ),
        (
            "{mode: rum, suite: quiz}",
            (
                f"{AT_RUN}16: jobs.eval.steps.1.with.mode: there is no mode 'rum'"
                " (did you mean 'run'?)"
            ),
        ),
    ],
    ids=["an input", "a mode"],
)
def test_a_word_that_the_action_does_not_know(tmp_path: Path, given: str, found: str) -> None:
    """It would take the default, and every job the same shard; or end in red at once."""
    assert found in symptoms(tmp_path, changed((RUN, given)))


def test_inputs_are_the_same_in_capitals(tmp_path: Path) -> None:
    """GitHub does not tell them apart."""
    assert symptoms(tmp_path, changed((RUN, "{mode: run, Suite: quiz, SHARD: 1}"))) == []


def test_anothers_action_has_inputs_of_its_own(tmp_path: Path) -> None:
    """One without a mode is not evalgate's, whatever word is in its name."""
    step = f"      - uses: acme/evalgate-notes@{SHA} # v1\n        with: {{shrad: 1}}\n"

    assert not any("shrad" in line for line in symptoms(tmp_path, job(step)))


def test_a_local_action_has_the_inputs_that_it_declares(tmp_path: Path) -> None:
    """They are in its file, which is at hand."""
    action = "name: evalgate\ninputs: {mode: {}, depth: {}}\nruns: {using: composite, steps: []}\n"
    files = changed((f"uses: {ACTION}\n        with: {RUN}", f"uses: ./tools\n        with: {RUN}"))
    files["tools/action.yml"] = action

    (line,) = [each for each in symptoms(tmp_path, files) if "has no input" in each]

    assert "the action has no input 'suite'" in line
    assert line.endswith("(known: depth, mode)")


def test_the_doctor_knows_every_input_of_the_action() -> None:
    """The list is this release's, and the file is in this repository."""
    action = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))

    assert set(action["inputs"]) == INPUTS


def test_a_mode_that_nobody_can_read_is_said(tmp_path: Path) -> None:
    """What follows from it is that nothing is known to decide."""
    files = changed(("{mode: merge}", "{mode: '${{ matrix.mode }}'}"))

    assert symptoms(tmp_path, files) == [
        (
            "fault: .github/workflows: no job on pull_request has a step with mode merge: nothing"
            " decides (`evalgate init --github` writes it)"
        ),
        (
            f"hint: {ON}:43:16: jobs.gate.steps.2.with.mode: the mode '${{{{ matrix.mode }}}}'"
            " cannot be read before it runs"
            " (write one of plan, run, merge, comment, issue, propose)"
        ),
    ]


@pytest.mark.parametrize(
    ("depth", "found"),
    [
        pytest.param(
            "", "fault: fetch-depth is 1: the base that decides is not in the clone", id="none"
        ),
        pytest.param(
            "fetch-depth: 2, ",
            "fault: fetch-depth is 2: the base that decides is not in the clone",
            id="two, with a merge queue",
        ),
        pytest.param(
            "fetch-depth: '${{ vars.DEPTH }}', ",
            "hint: fetch-depth is an expression: nobody can see whether the base is in the clone",
            id="an expression",
        ),
        pytest.param("fetch-depth: '0', ", "", id="all, as text"),
    ],
)
def test_a_clone_is_deep_enough_to_know_the_base(depth: str, found: str, tmp_path: Path) -> None:
    """Whoever does not have the base cannot ask it what decides."""
    old = "{fetch-depth: 0, persist-credentials: false} # gate"
    lines = symptoms(tmp_path, changed((old, f"{{{depth}persist-credentials: false}}")))

    kind, _, fault = found.partition(": ")
    line = f"{kind}: {ON}:39:9: jobs.gate.steps.1: {fault} (write `fetch-depth: 0`)"
    assert lines == [line] * bool(found)


def test_two_commits_do_for_a_pull_request_alone(tmp_path: Path) -> None:
    """They hold the merge commit's first parent, and no older baseline."""
    old = "{fetch-depth: 0, persist-credentials: false} # gate"
    files = changed((old, "{fetch-depth: 2, persist-credentials: false}"), ("  merge_group:\n", ""))

    assert symptoms(tmp_path, files)[1] == (
        f"hint: {ON}:38:9: jobs.gate.steps.1: fetch-depth is 2: enough for a pull request, and for"
        " nothing older (write `fetch-depth: 0`)"
    )


def test_a_night_needs_no_base_and_its_history_all_the_same(tmp_path: Path) -> None:
    """All suites are run then; which earlier night is believed is a matter of the history."""
    steps = (
        f"      - uses: {CHECKOUT}\n        with: {{persist-credentials: false}}\n"
        f"      - uses: {ACTION}\n        with: {{mode: plan}}\n"
    )

    (hint,) = symptoms(tmp_path, job(steps, on="{schedule: [{cron: 23 4 * * *}]}"))

    assert hint.startswith("hint: ")
    assert "fetch-depth is 1: a night believes an earlier one by the branch's history" in hint


def test_a_checkout_that_keeps_its_token(tmp_path: Path) -> None:
    """A hint: what the token may do is what the job may do."""
    old = "{fetch-depth: 0, persist-credentials: false} # gate"

    assert symptoms(tmp_path, changed((old, "{fetch-depth: 0}"))) == [
        (
            f"hint: {ON}:39:9: jobs.gate.steps.1: leaves the job's token on the disk, for every"
            " later step to read (write `persist-credentials: false`)"
        )
    ]
