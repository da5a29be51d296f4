"""Every operation of the description, asked with what its schemas allow and with what they do not.

`fuzz.py` is the everyday run; `fuzz.py long` takes what time it takes.
"""

import os
import subprocess
import sys
from pathlib import Path

from demo import AUTHORITY, URL, token

#: How many made-up requests an operation gets in a phase, and in which phases.
EVERYDAY = ["--phases", "examples,coverage", "--max-examples", "1"]
LONG = ["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "100"]


def main() -> int:
    here = Path(__file__).parent
    command = [str(Path(sys.executable).with_name("schemathesis"))]
    command += ["--config-file", str(here / "schemathesis.toml"), "--no-color"]
    command += ["run", f"{URL}/openapi.json", "--tls-verify", AUTHORITY]
    command += LONG if sys.argv[1:] == ["long"] else EVERYDAY
    paths = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"COMITY_TOKEN": token(), "PYTHONPATH": paths}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
