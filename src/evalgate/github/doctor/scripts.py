"""Values that are pasted into a script, where they are code."""

from collections.abc import Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import EXPRESSION, text_of
from evalgate.github.doctor.workflow import Workflow

FAULT = "an expression is pasted into the script: whoever writes its value runs a command"
REMEDY = 'hand it over in `env:`, and write "$NAME" in the script'
SCRIPTED = "actions/github-script@"


def pasted_expressions(workflow: Workflow) -> Iterator[Symptom]:
    """Every script of a workflow that mentions evalgate, and of the local actions it uses."""
    if not workflow.mentions_us:
        return
    for step in workflow.steps:
        if EXPRESSION in step.script:
            yield step.document.fault((*step.loc, "run"), FAULT, REMEDY)
        is_scripted = step.uses.lower().startswith(SCRIPTED)
        if is_scripted and EXPRESSION in text_of(step.given.get("script")):
            remedy = "hand it over in `env:`, and read process.env.NAME in the script"
            yield step.document.fault((*step.loc, "with", "script"), FAULT, remedy)
