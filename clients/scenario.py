"""What an administrator's script does with Contoso through any client that sends requests.

A client mixes `Scenario` into a test case and says how it sends one, as `rest`. Every test leaves the
settings as it found them.
"""

import json
import os

with open(os.environ["COMITY_DEMO"], encoding="utf-8") as _file:
    _demo = json.load(_file)

#: Where the server is.
URL: str = _demo["baseUrl"]
CONTOSO = _demo["tenants"][0]
FABRIKAM = _demo["tenants"][1]
TENANT: str = CONTOSO["tenantId"]

#: A tenant that Contoso can name and has no entry for.
LUCERNE = "1d000000-0000-4000-8000-00000000000a"
POLICY = "/policies/crossTenantAccessPolicy"
ENTRY = f"{POLICY}/partners/{LUCERNE}"
ERP = "aa000000-0000-4000-8000-000000000002"
ROLES = "/roleManagement/directory"


class Refused(Exception):
    """What the client says when the server refuses."""


class Scenario:
    """Contoso's settings, logs, guests and roles."""

    def rest(self, method, url, body=None):
        """Sends a request to an absolute address; the answer's JSON, None without one, or `Refused`."""
        raise NotImplementedError

    def ask(self, method, path, body=None):
        return self.rest(method, f"{URL}/v1.0{path}", body)

    def pages(self, path):
        """Every page, to the end of the links."""
        page = self.ask("get", path)
        yield page["value"]
        while "@odata.nextLink" in page:
            page = self.rest("get", page["@odata.nextLink"])
            yield page["value"]

    def test_the_policy_says_whose_it_is(self):
        self.assertEqual(self.ask("get", POLICY)["displayName"], "Contoso cross-tenant access")

    def test_trust_patched_into_the_default_is_read_back(self):
        def trusted():
            return self.ask("get", f"{POLICY}/default")["inboundTrust"]["isMfaAccepted"]

        self.assertFalse(trusted())
        self.ask("patch", f"{POLICY}/default", {"inboundTrust": {"isMfaAccepted": True}})
        try:
            self.assertTrue(trusted())
        finally:
            self.ask("patch", f"{POLICY}/default", {"inboundTrust": {"isMfaAccepted": False}})

    def test_a_partner_comes_changes_and_goes_and_the_audit_log_says_so(self):
        self.ask("post", f"{POLICY}/partners", {"tenantId": LUCERNE})
        try:
            self.listed()
            self.blocked_and_inherited_again()
            self.synchronized()
        finally:
            self.ask("delete", ENTRY)
        with self.assertRaisesRegex(Refused, "Request_ResourceNotFound"):
            self.ask("get", ENTRY)
        row = self.ask("get", "/auditLogs/directoryAudits?$top=1")["value"][0]
        self.assertEqual(
            row["activityDisplayName"], "Delete partner specific cross-tenant access setting")
        self.assertEqual(row["initiatedBy"]["app"]["appId"], CONTOSO["client"]["clientId"])

    def listed(self):
        pages = list(self.pages(f"{POLICY}/partners?$top=3"))
        self.assertTrue(len(pages) > 1 and len(pages[0]) == 3, pages)
        ids = [partner["tenantId"] for page in pages for partner in page]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertIn(LUCERNE, ids)

    def blocked_and_inherited_again(self):
        targets = [{"target": ERP, "targetType": "application"}]
        applications = {"accessType": "blocked", "targets": targets}
        self.ask("patch", ENTRY, {"b2bCollaborationInbound": {"applications": applications}})
        inbound = self.ask("get", ENTRY)["b2bCollaborationInbound"]
        self.assertEqual(inbound["applications"], applications)
        self.ask("patch", ENTRY, {"b2bCollaborationInbound": None})
        self.assertIsNone(self.ask("get", ENTRY)["b2bCollaborationInbound"])

    def synchronized(self):
        synchronization = f"{ENTRY}/identitySynchronization"
        self.ask("put", synchronization, {
            "displayName": "From Lucerne", "userSyncInbound": {"isSyncAllowed": True}})
        expanded = self.ask("get", f"{ENTRY}?$expand=identitySynchronization")
        self.assertEqual(expanded["identitySynchronization"]["displayName"], "From Lucerne")
        self.ask("delete", synchronization)
        with self.assertRaisesRegex(Refused, "Request_ResourceNotFound"):
            self.ask("get", synchronization)

    def test_a_body_that_makes_no_sense_is_told_with_the_answer(self):
        with self.assertRaisesRegex(Refused, "inboundTrusts"):
            self.ask("patch", f"{POLICY}/default", {"inboundTrusts": {}})

    def test_sign_ins_are_filtered_and_come_in_pages(self):
        abroad = f"resourceTenantId%20ne%20'{TENANT}'%20and%20status/errorCode%20ne%200"
        pages = list(self.pages(f"/auditLogs/signIns?$filter={abroad}&$top=40"))
        rows = [row for page in pages for row in page]
        self.assertTrue(len(pages) > 1 and len(pages[0]) == 40, len(rows))
        self.assertEqual(len({row["id"] for row in rows}), len(rows))
        for row in rows:
            self.assertNotEqual(row["resourceTenantId"], TENANT)
            self.assertNotEqual(row["status"]["errorCode"], 0)

    def test_a_guest_is_invited(self):
        invited = self.ask("post", "/invitations", {
            "invitedUserEmailAddress": "gast@outside.example",
            "inviteRedirectUrl": "https://app.contoso.com"})
        user = invited["invitedUser"]["id"]
        try:
            self.assertEqual(invited["status"], "PendingAcceptance")
            self.assertTrue(invited["inviteRedeemUrl"].startswith("https://"))
            self.assertEqual(self.ask("get", f"/users/{user}")["mail"], "gast@outside.example")
        finally:
            self.ask("delete", f"/users/{user}")

    def test_a_tenant_is_looked_up(self):
        found = self.ask(
            "get",
            "/tenantRelationships/findTenantInformationByTenantId"
            f"(tenantId='{FABRIKAM['tenantId']}')")
        self.assertEqual(found["displayName"], "Fabrikam")
        self.assertEqual(found["defaultDomainName"], "fabrikam.com")

    def test_a_role_is_made_given_taken_and_dropped(self):
        action = "microsoft.directory/crossTenantAccessPolicy/standard/read"
        person = self.ask("get", f"/users/{CONTOSO['people'][0]['userPrincipalName']}")
        role = self.ask("post", f"{ROLES}/roleDefinitions", {
            "displayName": "Reads the policy", "isEnabled": True,
            "rolePermissions": [{"allowedResourceActions": [action]}]})
        try:
            given = self.ask("post", f"{ROLES}/roleAssignments", {
                "roleDefinitionId": role["id"], "principalId": person["id"],
                "directoryScopeId": "/"})
            self.assertEqual(given["principalId"], person["id"])
            self.ask("delete", f"{ROLES}/roleAssignments/{given['id']}")
        finally:
            self.ask("delete", f"{ROLES}/roleDefinitions/{role['id']}")
