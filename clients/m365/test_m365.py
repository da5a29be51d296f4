"""`m365 request` as Contoso's administrator."""

import json
import os
import pathlib
import subprocess
import unittest

import broker
from scenario import Refused, Scenario

HERE = pathlib.Path(__file__).parent
#: Where npm has put it.
PROGRAMS = pathlib.Path(os.environ["COMITY_M365"]) / "node_modules" / ".bin"


class Microsoft365(Scenario, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        path = f"{PROGRAMS}:{os.environ['PATH']}"
        cls.environment = {**os.environ, "PATH": path, "CI": "1", **broker.serve()}
        ran = cls.run_program(["sh", "-e", str(HERE / "log-in.sh")])
        assert ran.returncode == 0, ran.stdout + ran.stderr

    @classmethod
    def run_program(cls, arguments):
        return subprocess.run(
            arguments, env=cls.environment, capture_output=True, text=True, check=False)

    def rest(self, method, url, body=None):
        # Of a refusal `m365 request` tells the status, and all of it only with --debug.
        arguments = [
            "m365", "request", "--method", method, "--url", url, "--output", "json", "--debug"]
        if body is not None:
            arguments += ["--content-type", "application/json", "--body", json.dumps(body)]
        ran = self.run_program(arguments)
        if ran.returncode != 0:
            raise Refused(ran.stdout + ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip() else None


if __name__ == "__main__":
    unittest.main()
