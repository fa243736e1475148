"""`evalgate doctor`."""

import os
from pathlib import Path

from evalgate.cli.options import Format, FormatOption


def doctor(fmt: FormatOption = Format.TABLE) -> int:
    """Check how this repository uses evalgate on GitHub.

    Reads files and asks nobody. Exits with 2 when something has to be mended, and with 0 when
    there are only hints.
    """
    from evalgate.cli.output import show_as
    from evalgate.github.doctor.examining import examine
    from evalgate.github.doctor.words import diagnosis_markdown, render_diagnosis

    diagnosis = examine(Path.cwd(), os.environ)
    show_as(fmt, diagnosis, render_diagnosis, diagnosis_markdown)
    return int(diagnosis.exit_code)
