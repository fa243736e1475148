"""A prompt in a file of its own: its text as it stands."""

from pathlib import Path

from evalgate.errors import Problem, UserMistake


def read_prompt(path: Path, shown_as: str, named_by: str) -> str:
    """Read a prompt's own file, as it stands."""
    try:
        content = path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        remedy = f"{named_by} names it"
        raise UserMistake(Problem("there is no such file", shown_as, remedy=remedy)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, shown_as)) from error
    except UnicodeDecodeError:
        raise UserMistake(Problem("is not UTF-8", shown_as)) from None
    if not content.strip():
        raise UserMistake(Problem("is empty", shown_as))
    return content
