"""``python -m nj_logic`` is ``nj``."""

from .cli import main

main()
