"""Logs that live elsewhere: what `comity activity query` prints is run by the engine it is for, and the reports made from
its result are those made from the rows. This is what the engines have in common."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

CONTOSO = "0c000000-0000-4000-8000-000000000001"
FABRIKAM = "0f000000-0000-4000-8000-000000000002"
PAGE = Path(__file__).parents[1] / "examples" / "sign-ins" / "page.json"
REPORTS = [
    ["summary"],
    ["overview"],
    ["pairs"],
    ["panels", "--external-tenant", FABRIKAM, "--direction", "inbound"],
    ["restrictions"],
]


def comity(*arguments):
    run = subprocess.run([os.environ["COMITY_PROGRAM"], "activity", *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(f"comity activity {arguments}: {run.stderr}")
    return run.stdout


def reports(file):
    """All reports about a file, without what reading it was like."""
    told = [json.loads(comity(*report, "--tenant", CONTOSO, "--json", str(file))) for report in REPORTS]
    for report in told:
        read = report.pop("read")
        if read["unreadable"] or read["filesReadInPart"]:
            raise AssertionError(read["faults"])
    return told


class Rollup:
    """Mixed into the tests of each engine."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        rows = json.loads(PAGE.read_text())["value"]
        for row in rows:
            row["userType"] = "member" if row["homeTenantId"] == CONTOSO else "guest"
            row["deviceDetail"] = {"isCompliant": row["userDisplayName"] == "Alice", "trustType": ""}
        # Somebody exported the last page twice.
        rows += rows[-3:]
        # Who stays at home is in no report.
        rows.append({**rows[0], "id": "5e000000-0000-4000-8000-000000000099", "resourceTenantId": CONTOSO, "crossTenantAccessType": "none"})
        cls.rows = cls.folder / "rows.ndjson"
        cls.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
        cls.expected = reports(cls.rows)

    def query(self, dialect, table):
        return comity("query", "--dialect", dialect, "--tenant", CONTOSO, "--table", table, "--from", "2026-01-01T00:00:00Z")

    def holds(self, file):
        self.assertEqual(reports(file), self.expected)
