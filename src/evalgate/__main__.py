"""`python -m evalgate` is the same as `evalgate`."""

from evalgate.cli import main

main()
