"""`az rest` as Contoso's administrator. Every test leaves the settings as it found them."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

with open(os.environ["COMITY_DEMO"], encoding="utf-8") as _file:
    DEMO = json.load(_file)
URL = DEMO["baseUrl"]
CONTOSO = DEMO["tenants"][0]
POLICY = f"{URL}/v1.0/policies/crossTenantAccessPolicy"
LUCERNE = "1d000000-0000-4000-8000-00000000000a"

HERE = pathlib.Path(__file__).parent
#: az stands beside the interpreter that runs this.
PATH = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"


def run(arguments, **more):
    environment = {**os.environ, "PATH": PATH, "AZURE_CORE_COLLECT_TELEMETRY": "false", **more}
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


def rest(method, url, body=None):
    """The answer of `az rest`; its complaint is an assertion that failed."""
    arguments = ["az", "rest", "--method", method, "--url", url]
    if body is not None:
        arguments += ["--body", json.dumps(body)]
    ran = run(arguments)
    if ran.returncode != 0:
        raise AssertionError(ran.stderr)
    return json.loads(ran.stdout) if ran.stdout.strip() else None


class AzureCli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        client = CONTOSO["client"]
        ran = run(
            ["sh", "-e", str(HERE / "log-in.sh")],
            URL=URL, TENANT=CONTOSO["tenantId"],
            CLIENT=client["clientId"], SECRET=client["clientSecret"])
        assert ran.returncode == 0, ran.stderr

    def test_the_policy_is_read(self):
        self.assertEqual(rest("get", POLICY)["displayName"], "Contoso cross-tenant access")

    def test_trust_patched_into_the_default_is_read_back(self):
        def trusted():
            return rest("get", f"{POLICY}/default")["inboundTrust"]["isMfaAccepted"]

        self.assertFalse(trusted())
        rest("patch", f"{POLICY}/default", {"inboundTrust": {"isMfaAccepted": True}})
        try:
            self.assertTrue(trusted())
        finally:
            rest("patch", f"{POLICY}/default", {"inboundTrust": {"isMfaAccepted": False}})

    def test_a_partner_is_added_expanded_and_deleted_and_the_audit_log_says_so(self):
        rest("post", f"{POLICY}/partners", {"tenantId": LUCERNE})
        entry = f"{POLICY}/partners/{LUCERNE}"
        try:
            rest("put", f"{entry}/identitySynchronization", {
                "displayName": "From Lucerne", "userSyncInbound": {"isSyncAllowed": True}})
            expanded = rest("get", f"{entry}?$expand=identitySynchronization")
            # An entry that still has one cannot be deleted.
            rest("delete", f"{entry}/identitySynchronization")
            self.assertEqual(expanded["identitySynchronization"]["displayName"], "From Lucerne")
        finally:
            rest("delete", entry)
        row = rest("get", f"{URL}/v1.0/auditLogs/directoryAudits?$top=1")["value"][0]
        self.assertEqual(
            row["activityDisplayName"], "Delete partner specific cross-tenant access setting")

    def test_partners_are_listed_page_by_page(self):
        page = rest("get", f"{POLICY}/partners?$top=3")
        self.assertEqual(len(page["value"]), 3)
        following = rest("get", page["@odata.nextLink"])
        first = {partner["tenantId"] for partner in page["value"]}
        self.assertTrue(first.isdisjoint(partner["tenantId"] for partner in following["value"]))

    def test_a_body_that_makes_no_sense_is_told_with_the_answer(self):
        with self.assertRaisesRegex(AssertionError, r"Bad Request\(.*inboundTrusts"):
            rest("patch", f"{POLICY}/default", {"inboundTrusts": {}})


if __name__ == "__main__":
    unittest.main()
