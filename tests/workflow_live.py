"""A project for scratch repositories whose candidates ask an endpoint."""

from pathlib import Path

from small_project import EVALSET, lines
from workflow_scratch import V1, V2

LIVE_GATES = """\
schema_version: 1
providers:
  local: {{base_url: '{base_url}', api_key_env: OPENAI_API_KEY, max_attempts: 2, max_wait_s: 2}}
on_undecided: ${{EVALGATE_ON_UNDECIDED:-warn}}
suites:
  quiz:
    evalset: quiz@v1
    candidate: v2
    baseline: v1
    judges: [exact_match]
    rules:
      - {{score: exact_match, at_least: 0.5}}
      - {{score: exact_match, max_drop: 0.1}}
"""
LIVE_CANDIDATE = """\
kind: chat
model: local:/m
prompt: "{{ question }}"
description: A prompt.
"""


def live_project(folder: Path, base_url: str) -> Path:
    """Write a project of 40 questions for an endpoint that says what it is told to say."""
    cases = [
        {"id": f"q{number}", "inputs": {"question": f"{number}, say=right"}, "expected": "right"}
        for number in range(1, 41)
    ]
    for name, text in {
        "gates.yaml": LIVE_GATES.format(base_url=base_url),
        "evalsets/quiz/evalset.yaml": EVALSET,
        "evalsets/quiz/v1.jsonl": lines(cases),
        V1: LIVE_CANDIDATE,
        V2: LIVE_CANDIDATE,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
