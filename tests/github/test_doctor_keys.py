"""Where `evalgate doctor` finds keys that should be elsewhere, or that are not there."""

from pathlib import Path

import pytest

from doctor_repository import ACTION, CHECKOUT, KEY, ON, SHA, changed, symptoms

OTHER = ".github/workflows/other.yml"
OUTSIDE = "(give it to the step with mode run, in a job of its own)"
ENV = f"        env:\n          OPENAI_API_KEY: {KEY}\n"
POSTING = "{mode: comment, github-token"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param(
            [("  gate:\n", f"  gate:\n    env:\n      X: {KEY}\n")],
            [
                (
                    f"fault: {ON}:30:7: jobs.gate.env.X: the job 'gate' asks no model and has the"
                    f" secret OPENAI_API_KEY {OUTSIDE}"
                )
            ],
            id="a secret of another job",
        ),
        pytest.param(
            [
                (
                    "      contents: read # gate",
                    "      contents: read\n    timeout-minutes: ${{ secrets['T'] }}",
                )
            ],
            [
                (
                    f"fault: {ON}:34:5: jobs.gate.timeout-minutes: the job 'gate' asks no model and"
                    f" has the secret T {OUTSIDE}"
                )
            ],
            id="a secret named in brackets",
        ),
        pytest.param(
            [("  gate:\n", "  gate:\n    env: {OPENAI_API_KEY: '${{ vars.OTHER }}'}\n")],
            [
                (
                    f"fault: {ON}:29:11: jobs.gate.env.OPENAI_API_KEY: the job 'gate' asks no model"
                    f" and has the key OPENAI_API_KEY {OUTSIDE}"
                )
            ],
            id="a provider's variable in another job",
        ),
        pytest.param(
            [("  gate:\n", f"  gate:\n    env: {{MLFLOW_TRACKING_TOKEN: '{KEY}'}}\n")],
            [],
            id="the tracking server's key of whoever merges",
        ),
        pytest.param(
            [("permissions: {}\n", f"permissions: {{}}\nenv:\n  A: {KEY}\n")],
            [
                (
                    f"fault: {ON}:7:3: env.A: every job of the workflow has the secret"
                    f" OPENAI_API_KEY {OUTSIDE}"
                )
            ],
            id="a secret of the whole workflow",
        ),
        pytest.param(
            [
                (
                    f"OPENAI_API_KEY: {KEY}",
                    f"OPENAI_API_KEY: {KEY}\n          ALL: ${{{{ toJSON(secrets) }}}}",
                )
            ],
            [
                (
                    f"fault: {ON}:28:11: jobs.eval.steps.1.env.ALL: takes all secrets together,"
                    " those of other purposes too (name the one that is needed)"
                )
            ],
            id="all secrets as one text",
        ),
        pytest.param(
            [(f"OPENAI_API_KEY: {KEY}", "OPENAI_API_KEY: ${{ secrets[matrix.key] }}")],
            [
                (
                    f"fault: {ON}:27:11: jobs.eval.steps.1.env.OPENAI_API_KEY: takes all secrets"
                    " together, those of other purposes too (name the one that is needed)"
                )
            ],
            id="whichever secret a matrix names",
        ),
        pytest.param(
            [(ENV, "")],
            [
                (
                    f"hint: {ON}:24:9: jobs.eval.steps.1: has no OPENAI_API_KEY: what is not"
                    f" recorded stays unanswered (write OPENAI_API_KEY: {KEY} below its `env:`)"
                )
            ],
            id="mode run without the provider's key",
        ),
        pytest.param(
            [(ENV, ""), ("  eval:\n", f"  eval:\n    env: {{OPENAI_API_KEY: '{KEY}'}}\n")],
            [],
            id="the key of the whole job",
        ),
        pytest.param(
            [(KEY, f"sk-{'a1' * 12}")],
            [
                (
                    f"fault: {ON}:27:11: jobs.eval.steps.1.env.OPENAI_API_KEY: what looks like a"
                    " key is written here (revoke it, and put the new one into a secret)"
                )
            ],
            id="a key itself",
        ),
        pytest.param(
            [('run: .ci/held "$RESULTS"', "run: git push https://me:${TOKEN}@host/secrets.git")],
            [],
            id="a variable in an address is no key",
        ),
        pytest.param(
            [
                (
                    f'{POSTING}: "${{{{ github.token }}}}"',
                    f"{POSTING}: '${{{{ secrets.GITHUB_TOKEN }}}}'",
                )
            ],
            [],
            id="the job's own token by its other name",
        ),
    ],
)
def test_keys(changes: list[tuple[str, str]], found: list[str], tmp_path: Path) -> None:
    """A key is where models are asked, and nowhere else."""
    assert symptoms(tmp_path, changed(*changes)) == found


def other(text: str) -> dict[str, str]:
    """A second workflow."""
    return {OTHER: f"on: [pull_request]\npermissions: {{contents: read}}\njobs:\n{text}"}


def test_every_secret_for_a_workflow_that_is_called(tmp_path: Path) -> None:
    """Whatever it needs, it does not need all of them."""
    calls = f"uses: acme/evalgate/.github/workflows/x.yml@{SHA} # v1.0"
    text = f"  it:\n    {calls}\n    secrets: inherit\n"

    assert symptoms(tmp_path, other(text)) == [
        (
            f"fault: {OTHER}:6:5: jobs.it.secrets: hands over every secret that there is"
            " (name those that are needed)"
        )
    ]


def test_the_key_of_a_called_workflow_that_asks_models(tmp_path: Path) -> None:
    """It is handed on to where it is used; a workflow that asks nobody is handed none."""
    called = f"""\
on: {{workflow_call: {{secrets: {{OPENAI_API_KEY: {{}}}}}}}}
permissions: {{}}
jobs:
  it:
    steps:
      - uses: {CHECKOUT}
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: {ACTION}
        with: {{mode: run}}
        env: {{OPENAI_API_KEY: "{KEY}"}}
"""
    handed = f"    secrets: {{OPENAI_API_KEY: '{KEY}'}}\n"
    calls = other(f"  it:\n    uses: ./.github/workflows/called.yml\n{handed}")
    path = ".github/workflows/called.yml"

    assert symptoms(tmp_path, {**calls, path: called}) == []
    assert symptoms(tmp_path, {path: called.replace("mode: run", "mode: plan")})[1:] == [
        (
            f"fault: {OTHER}:6:15: jobs.it.secrets.OPENAI_API_KEY: the job 'it' asks no model and"
            f" has the secret OPENAI_API_KEY {OUTSIDE}"
        )
    ]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        pytest.param("[{run: evalgate run, env: {OPENAI_API_KEY: 'KEY'}}]", [], id="a plain run"),
        pytest.param(
            "[{run: evalgate check, env: {OPENAI_API_KEY: 'KEY'}}]",
            [
                (
                    f"fault: {OTHER}:5:41: jobs.it.steps.0.env.OPENAI_API_KEY: the job 'it' asks no"
                    f" model and has the secret OPENAI_API_KEY {OUTSIDE}"
                )
            ],
            id="a check",
        ),
        pytest.param("[{run: evalgate check, env: {NPM: '${{ secrets.NPM }}'}}]", [], id="npm's"),
    ],
)
def test_a_workflow_that_is_no_gate(steps: str, found: list[str], tmp_path: Path) -> None:
    """Its own secrets are its own affair; a provider's key is ours wherever evalgate is."""
    text = f"  it:\n    steps: {steps.replace('KEY' + chr(39), KEY + chr(39))}\n"

    assert symptoms(tmp_path, other(text)) == found
