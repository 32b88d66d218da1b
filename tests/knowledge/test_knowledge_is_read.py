"""The check reads every file of the knowledge: a fault in any of them is found before it is committed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.knowledge.files import knowledge_root

# Prints the files of a folder that a whole check opens, with nothing kept from before.
_OPENED = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from pathlib import Path
from bot.workshop.checking import Check
faults = Check(Path(sys.argv[1])).faults
print(json.dumps([list(map(str, faults)), [name for name in opened if name.endswith(".yaml")]]))
"""


@pytest.mark.slow
def test_a_check_reads_every_file(tmp_path: Path) -> None:
    root = knowledge_root()
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    told = subprocess.run(
        [sys.executable, "-c", _OPENED, str(root)], capture_output=True, text=True, check=True, env=environment
    )
    faults, opened = json.loads(told.stdout)
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.yaml")}
    assert faults == []
    assert files - {Path(name).relative_to(root).as_posix() for name in opened if name.startswith(str(root))} == set()
