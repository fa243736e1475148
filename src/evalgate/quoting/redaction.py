"""Whatever looks like a key is taken out before anybody is shown a text."""

import re

REDACTED = "[redacted]"

_KEYS = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | (?<![A-Za-z0-9]) (?:
        sk-[A-Za-z0-9_-]{16,}                      # OpenAI, Anthropic
      | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,}
      | glpat-[A-Za-z0-9_-]{16,}
      | (?:AKIA|ASIA)[A-Z0-9]{16}
      | AIza[A-Za-z0-9_-]{30,}
      | xox[abeprs]-[A-Za-z0-9-]{10,}
      | hf_[A-Za-z0-9]{20,}
    )
    # JSON web tokens; begun only where no token is running, so that the search stays linear
    | (?<![A-Za-z0-9_-]) eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
    """,
    re.VERBOSE | re.DOTALL,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)(?=[^\s]*\d)[A-Za-z0-9._~+/-]{12,}=*")
_PASSWORD_IN_URL = re.compile(r"://[^\s/:@\[]{1,200}:[^\s/@]{1,200}@")

_USER_AND_PASSWORD = re.compile(r"(?<=://)(?!/)\S+@")  # a password may hold a slash
_SECRET_OPTION = re.compile(r"(?i)([?&;][^=&;\s]*(?:password|pwd|token|secret|key)=)[^&;\s]+")


def redacted(text: str) -> str:
    """Replace what looks like a key, a token or a password in a URL by `[redacted]`."""
    text = _KEYS.sub(REDACTED, text)
    text = _BEARER.sub(rf"\1\2{REDACTED}", text)
    return _PASSWORD_IN_URL.sub(f"://{REDACTED}@", text)


def redacted_addresses(text: str) -> str:
    """Take users, passwords and secret options out of the addresses of databases and servers.

    For text whose addresses are known to be such: an `@` in any other may be part of a path.
    """
    text = _USER_AND_PASSWORD.sub(f"{REDACTED}@", text)
    return redacted(_SECRET_OPTION.sub(rf"\1{REDACTED}", text))
