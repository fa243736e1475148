"""A diagnosis in words: every fault, every hint, and which check to require."""

from collections.abc import Iterator

from evalgate.github.doctor.diagnosis import Diagnosis
from evalgate.report.markdown_parts import markdown_list
from evalgate.report.numbers import count
from evalgate.report.said import in_markdown, on_screen


def render_diagnosis(diagnosis: Diagnosis) -> str:
    """One line for each thing that was found, then the sum and the check's name."""
    lines = [f"fault: {each}" for each in diagnosis.faults]
    lines += [f"hint: {each}" for each in diagnosis.hints]
    apart = [""] if lines else []
    return "".join(f"{on_screen(line)}\n" for line in (*lines, *apart, *_closing(diagnosis)))


def diagnosis_markdown(diagnosis: Diagnosis) -> str:
    """The same as Markdown."""
    lists = {"faults": diagnosis.faults, "hints": diagnosis.hints}
    lines = list[str]()
    for title, found in lists.items():
        if found:
            lines += [f"### {title}", "", *markdown_list(str(each) for each in found), ""]
    return "\n".join((*lines, *map(in_markdown, _closing(diagnosis)))) + "\n"


def _closing(diagnosis: Diagnosis) -> Iterator[str]:
    ours = f"{count(diagnosis.workflows, 'workflow')}, {diagnosis.of_evalgate} of evalgate"
    yield f"{ours}: {count(len(diagnosis.faults), 'fault')}, {count(len(diagnosis.hints), 'hint')}"
    if diagnosis.checks:
        names = ", ".join(f"`{name}`" for name in diagnosis.checks)
        yield f"require the check{'s' if len(diagnosis.checks) > 1 else ''} {names}"
