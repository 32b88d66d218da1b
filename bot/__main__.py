"""`python -m bot` is the same as the console script `wenzhen`."""

from bot.cli import main

main()
