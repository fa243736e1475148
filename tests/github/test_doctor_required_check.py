"""What `evalgate doctor` says of the check that a branch's rule requires."""

from pathlib import Path

import pytest

from doctor_repository import ACTION, GATE, ON, changed, diagnosed, symptoms

OTHER = ".github/workflows/other.yml"
SKIPPED = (
    "the check 'evalgate' can be skipped, and a skipped check counts as green"
    " (write `if: always()` and nothing else)"
)
GREEN = "turns what evalgate says green (leave it out)"
MERGE = f"        uses: {ACTION}\n        with: {{mode: merge}}\n"
PLAN = "        with: {mode: plan}\n"
RUN = "        with: {mode: run, suite: quiz}\n"
FILTERED = (
    "where no file fits, the required check waits for ever"
    " (leave it out: mode plan finds what a change can affect)"
)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            [("if: always()\n    permissions", "permissions")],
            [f"fault: {ON}:28:3: jobs.gate.if: {SKIPPED}"],
            id="a gate that is skipped with the job before it",
        ),
        pytest.param(
            [("if: always()\n    permissions", 'if: "!cancelled()"\n    permissions')],
            [f"fault: {ON}:31:5: jobs.gate.if: {SKIPPED}"],
            id="a gate that is skipped when somebody cancels",
        ),
        pytest.param(
            [
                (
                    "if: always()\n    permissions",
                    "if: always() && github.actor != 'x'\n    permissions",
                )
            ],
            [f"fault: {ON}:31:5: jobs.gate.if: {SKIPPED}"],
            id="a gate that is skipped for somebody",
        ),
        pytest.param(
            [("if: always()\n    permissions", "if: ${{ always() }}\n    permissions")],
            [],
            id="always in braces",
        ),
        pytest.param(
            [("${{ needs.plan.result }} ${{ needs.eval.result }}", "${{ needs.eval.result }}")],
            [
                (
                    f"fault: {ON}:41:9: jobs.gate.steps.2.if: where this `if` says no the check is"
                    " green, and no step asks for needs.plan.result (a first step with `if:"
                    " always()` fails unless they are what they must be)"
                )
            ],
            id="a broken plan reads as nothing to do",
        ),
        pytest.param(
            [("${{ needs.plan.result }} ${{ needs.eval.result }}", "${{ toJSON(needs) }}")],
            [],
            id="all results at once",
        ),
        pytest.param(
            [("      - if: always()\n", "      - if: success()\n")],
            [
                (
                    f"fault: {ON}:41:9: jobs.gate.steps.2.if: where this `if` says no the check is"
                    " green, and no step asks for needs.plan.result, needs.eval.result (a first"
                    " step with `if: always()` fails unless they are what they must be)"
                )
            ],
            id="the step that asks is skipped itself",
        ),
        pytest.param(
            [("  pull_request:\n", "  pull_request: {paths: [prompts/**]}\n")],
            [f"fault: {ON}:3:18: on.pull_request.paths: {FILTERED}"],
            id="paths at the trigger",
        ),
        pytest.param(
            [("  pull_request:\n", "  pull_request: {paths-ignore: [docs/**]}\n")],
            [f"fault: {ON}:3:18: on.pull_request.paths-ignore: {FILTERED}"],
            id="paths-ignore at the trigger",
        ),
        pytest.param(
            [("  merge_group:\n", "")],
            [
                (
                    f"hint: {ON}:2:1: on: a merge queue would wait for the check for ever"
                    " (add merge_group)"
                )
            ],
            id="no merge_group",
        ),
        pytest.param(
            [(MERGE, f"{MERGE}        continue-on-error: true\n")],
            [f"fault: {ON}:44:9: jobs.gate.steps.2.continue-on-error: {GREEN}"],
            id="a merge that may fail",
        ),
        pytest.param(
            [(RUN, f"{RUN}        continue-on-error: ${{{{ inputs.lenient }}}}\n")],
            [f"fault: {ON}:26:9: jobs.eval.steps.1.continue-on-error: {GREEN}"],
            id="a run that may fail",
        ),
        pytest.param(
            [(PLAN, f"{PLAN}        continue-on-error: true\n")],
            [f"fault: {ON}:16:9: jobs.plan.steps.1.continue-on-error: {GREEN}"],
            id="a plan that may fail",
        ),
        pytest.param(
            [(f"uses: {ACTION}\n{RUN}", "run: evalgate ci run --suite quiz || true\n")],
            [
                (
                    f"fault: {ON}:24:9: jobs.eval.steps.1.run: turns what evalgate says green"
                    " (let the step exit as evalgate does)"
                )
            ],
            id="a script that shrugs",
        ),
        pytest.param(
            [(f"uses: {ACTION}\n{RUN}", "run: evalgate ci run --suite quiz || code=$?\n")],
            [],
            id="a script that keeps the exit code",
        ),
        pytest.param(
            [("  gate:\n", "  gate:\n    continue-on-error: true\n")],
            [f"fault: {ON}:29:5: jobs.gate.continue-on-error: {GREEN}"],
            id="a job that may fail",
        ),
        pytest.param(
            [("  gate:\n", "  gate:\n    continue-on-error: false\n")], [], id="one that may not"
        ),
        pytest.param(
            [("  comment:\n", "  comment:\n    name: evalgate\n")],
            [
                (
                    f"fault: {ON}:44:3: jobs.comment: has the name of the required check,"
                    " 'evalgate': either would do (give it another name)"
                )
            ],
            id="two jobs of one name",
        ),
        pytest.param(
            [("name: evalgate\n", "name: ${{ github.workflow }}\n")],
            [
                (
                    f"fault: {ON}:29:5: jobs.gate.name: the required check's name is an expression,"
                    " and no rule can name it (write `name: evalgate`)"
                )
            ],
            id="a name that is an expression",
        ),
    ],
)
def test_required_check(changes: list[tuple[str, str]], found: list[str], tmp_path: Path) -> None:
    """It always reports, it is red when it should, and nobody else has its name."""
    assert symptoms(tmp_path, changed(*changes)) == found


def test_a_job_of_another_workflow_with_the_same_name(tmp_path: Path) -> None:
    """Its green would do, whatever that workflow is about."""
    text = "on: push\npermissions: {}\njobs:\n  evalgate: {steps: [{run: 'true'}]}\n"

    assert symptoms(tmp_path, {OTHER: text}) == [
        (
            f"fault: {OTHER}:4:3: jobs.evalgate: has the name of the required check, 'evalgate':"
            " either would do (give it another name)"
        )
    ]


@pytest.mark.parametrize(
    "job",
    [
        pytest.param("{uses: ./.github/workflows/x.yml}", id="a call"),
        pytest.param("{strategy: {matrix: {a: [1]}}, steps: []}", id="a matrix"),
    ],
)
def test_a_job_whose_checks_have_longer_names(job: str, tmp_path: Path) -> None:
    """GitHub adds what it calls, and the values of its matrix."""
    text = f"on: push\npermissions: {{}}\njobs:\n  evalgate: {job}\n"

    assert symptoms(tmp_path, {OTHER: text}) == []


def test_a_workflow_without_a_merge(tmp_path: Path) -> None:
    """Shards decide nothing."""
    head, _, tail = GATE.partition("  gate:\n")
    comment = tail[tail.index("  comment:") :].replace("needs: gate", "needs: eval")

    assert symptoms(tmp_path, {ON: head + comment}) == [
        (
            "fault: .github/workflows: no job on pull_request has a step with mode merge: nothing"
            " decides (`evalgate init --github` writes it)"
        )
    ]


def test_one_job_that_does_everything_always_reports(tmp_path: Path) -> None:
    """Without `needs` and without `if` nothing skips it."""
    text = GATE[: GATE.index("jobs:")] + (
        "jobs:\n  evalgate:\n    permissions: {contents: read}\n    steps:\n"
        "      - run: evalgate ci plan && evalgate ci run && evalgate ci merge\n"
        "        env: {OPENAI_API_KEY: '${{ secrets.OPENAI_API_KEY }}'}\n"
    )

    diagnosis = diagnosed(tmp_path, {ON: text})

    assert (diagnosis.faults, diagnosis.hints, diagnosis.checks) == ((), (), ("evalgate",))


def test_a_merge_that_is_left_out_in_a_job_that_waits_for_nobody(tmp_path: Path) -> None:
    """There is no earlier job to ask."""
    text = GATE[: GATE.index("jobs:")] + (
        "jobs:\n  evalgate:\n    permissions: {contents: read}\n    steps:\n"
        "      - run: evalgate ci merge\n        if: github.actor != 'bot'\n"
    )

    assert symptoms(tmp_path, {ON: text}) == [
        (
            f"fault: {ON}:11:9: jobs.evalgate.steps.0.if: where this `if` says no the check is"
            " green, and no step asks for the plan's result (a first step with `if: always()` fails"
            " unless they are what they must be)"
        )
    ]


def test_a_gate_in_a_workflow_that_is_called(tmp_path: Path) -> None:
    """Its check is named after both jobs, and the one that calls must not be skipped either."""
    called = GATE.replace("on:\n  pull_request:\n  merge_group:\n", "on: workflow_call\n")
    caller = (
        "on: [pull_request, merge_group]\npermissions: {}\njobs:\n"
        "  llm:\n    needs: build\n    uses: ./.github/workflows/gate.yml\n"
    )

    diagnosis = diagnosed(tmp_path, {ON: called, OTHER: caller})

    assert diagnosis.checks == ("llm / evalgate",)
    assert [str(each) for each in diagnosis.faults] == [
        (
            f"{OTHER}:4:3: jobs.llm.if: the check 'llm / evalgate' can be skipped, and a skipped"
            " check counts as green (write `if: always()` and nothing else)"
        )
    ]
