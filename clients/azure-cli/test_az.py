"""`az rest` as Contoso's administrator."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

from scenario import CONTOSO, URL, Refused, Scenario

HERE = pathlib.Path(__file__).parent
#: az stands beside the interpreter that runs this.
PATH = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"


def run(arguments, **more):
    environment = {**os.environ, "PATH": PATH, "AZURE_CORE_COLLECT_TELEMETRY": "false", **more}
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


class AzureCli(Scenario, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        client = CONTOSO["client"]
        ran = run(
            ["sh", "-e", str(HERE / "log-in.sh")],
            URL=URL, TENANT=CONTOSO["tenantId"],
            CLIENT=client["clientId"], SECRET=client["clientSecret"])
        assert ran.returncode == 0, ran.stderr

    def rest(self, method, url, body=None):
        arguments = ["az", "rest", "--method", method, "--url", url]
        if body is not None:
            arguments += ["--body", json.dumps(body)]
        ran = run(arguments)
        if ran.returncode != 0:
            raise Refused(ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip() else None


if __name__ == "__main__":
    unittest.main()
