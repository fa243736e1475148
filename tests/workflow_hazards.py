"""What goes wrong in a run of a workflow, and what a job leaves behind."""

from dataclasses import dataclass, field

from fake_runner import Command


@dataclass
class Hazards:
    """What goes wrong: `broken` steps fail, each one once; at `cancel_at` somebody cancels.

    A step is named `job/step`, in a matrix `job 2/step` for the second shard.
    """

    broken: list[str] = field(default_factory=list)
    cancel_at: str = ""
    is_cancelled: bool = False

    def strikes(self, step: str) -> str:
        """How the step ends before it has begun; empty when nothing happens to it."""
        if step in self.broken:
            self.broken.remove(step)
            return "failure"
        if step == self.cancel_at:
            self.is_cancelled = True
            return "cancelled"
        return ""


@dataclass
class Happened:
    """What a job left behind beside its outputs."""

    log: list[str] = field(default_factory=list)
    steps: dict[str, str] = field(default_factory=dict)  # outcome by name
    masks: list[str] = field(default_factory=list)
    annotations: list[Command] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
