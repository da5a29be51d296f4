//! What requests are made of: addresses, bodies, names of members.

/// What is written where; `§` stands for an id, `¤` for a text.
pub(crate) const BODIES: &[(&str, &str)] = &[
    (
        "/crosstenantaccesspolicy",
        r#"{"displayName":"¤","allowedCloudEndpoints":["microsoftonline.us"]}"#,
    ),
    (
        "/default",
        r#"{"b2bCollaborationInbound":{"usersAndGroups":{"accessType":"allowed","targets":[{"target":"AllUsers","targetType":"user"}]},"applications":{"accessType":"blocked","targets":[{"target":"§","targetType":"application"}]}}}"#,
    ),
    ("/default", r#"{"inboundTrust":{"isMfaAccepted":true}}"#),
    ("/partners", r#"{"tenantId":"§"}"#),
    (
        "/partners",
        r#"{"tenantId":"§","b2bCollaborationInbound":{"usersAndGroups":{"accessType":"blocked","targets":[{"target":"§","targetType":"user"}]}}}"#,
    ),
    (
        "/partners/",
        r#"{"b2bDirectConnectInbound":{"usersAndGroups":{"accessType":"allowed","targets":[{"target":"§","targetType":"group"}]},"applications":{"accessType":"allowed","targets":[{"target":"§","targetType":"application"}]}}}"#,
    ),
    (
        "/partners/",
        r#"{"tenantId":"§","automaticUserConsentSettings":{"inboundAllowed":true,"outboundAllowed":true}}"#,
    ),
    (
        "/identitysynchronization",
        r#"{"tenantId":"§","displayName":"¤","userSyncInbound":{"isSyncAllowed":true}}"#,
    ),
    (
        "/m365capabilities",
        r##"{"@odata.type":"#microsoft.graph.crossTenantOpenProfileCard","inboundAccess":{"isAllowed":true,"resourceScopes":{"included":[{"resourceId":"§","resourceType":"user"}]}}}"##,
    ),
    (
        "/users",
        r#"{"accountEnabled":true,"displayName":"¤","mailNickname":"x","userPrincipalName":"¤","passwordProfile":{"password":"correct horse Battery 1"}}"#,
    ),
    ("/users/", r#"{"displayName":"¤","id":"§","jobTitle":"x"}"#),
    (
        "/groups",
        r#"{"displayName":"¤","mailNickname":"x","mailEnabled":false,"securityEnabled":true,"members@odata.bind":["https://comity.test:8443/v1.0/users/§"]}"#,
    ),
    (
        "/groups/",
        r#"{"displayName":"¤","members@odata.bind":["https://comity.test:8443/v1.0/directoryObjects/§"]}"#,
    ),
    (
        "/$ref",
        r#"{"@odata.id":"https://comity.test:8443/v1.0/directoryObjects/§"}"#,
    ),
    ("groups", r#"{"groupIds":["§","§","§"]}"#),
    ("groups", r#"{"securityEnabledOnly":false}"#),
    ("objects", r#"{"ids":["§","§"]}"#),
    ("/applications", r#"{"displayName":"¤","appId":"§"}"#),
    ("/serviceprincipals", r#"{"appId":"§","displayName":"¤"}"#),
    (
        "/invitations",
        r#"{"invitedUserEmailAddress":"¤","inviteRedirectUrl":"https://x.example","invitedUser":{"id":"§"}}"#,
    ),
    (
        "/invitations",
        r#"{"invitedUserEmailAddress":"bait@fabrikam.com","inviteRedirectUrl":"https://x.example"}"#,
    ),
    ("/organization/", r#"{"displayName":"¤"}"#),
    (
        "/b2bmanagementpolicies",
        r#"{"displayName":"¤","definition":["{\"B2BManagementPolicy\":{\"InvitationsAllowedAndBlockedDomainsPolicy\":{\"BlockedDomains\":[\"fabrikam.com\"]}}}"]}"#,
    ),
    (
        "/multitenantorganization",
        r#"{"displayName":"¤","description":"x"}"#,
    ),
    (
        "/multitenantorganization/tenants",
        r#"{"tenantId":"§","displayName":"¤"}"#,
    ),
    ("/joinrequest", r#"{"addedByTenantId":"§"}"#),
    (
        "/roledefinitions",
        r#"{"displayName":"¤","isEnabled":true,"templateId":"§","rolePermissions":[{"allowedResourceActions":["microsoft.directory/crossTenantAccessPolicy/standard/read"]}]}"#,
    ),
    (
        "/roleassignments",
        r#"{"roleDefinitionId":"§","principalId":"§","directoryScopeId":"/"}"#,
    ),
    ("/resourceactions/", r#"{"authenticationContextId":null}"#),
    (
        "/authenticationcontextclassreferences",
        r#"{"id":"c7","displayName":"¤","isAvailable":true}"#,
    ),
    (
        "/conditionalaccess/policies",
        r#"{"displayName":"¤","state":"disabled","conditions":{"clientAppTypes":["all"],"applications":{"includeApplications":["§"]},"users":{"includeUsers":["§"],"includeGroups":["§"]}},"grantControls":{"operator":"OR","builtInControls":["mfa"]}}"#,
    ),
    (
        "/decide",
        r#"{"homeTenant":"§","user":"§","resourceTenant":"§","resourceAppId":"§"}"#,
    ),
    (
        "/decide",
        r#"{"homeTenant":"0f000000-0000-4000-8000-000000000002","user":"§","resourceTenant":"0c000000-0000-4000-8000-000000000001","resourceAppId":"§","groups":["§"]}"#,
    ),
    (
        "/evaluation",
        r#"{"subject":{"type":"user","id":"§","properties":{"tenantId":"0f000000-0000-4000-8000-000000000002"}},"action":{"name":"b2bCollaboration"},"resource":{"type":"application","id":"§","properties":{"tenantId":"0c000000-0000-4000-8000-000000000001"}},"context":{"findings":true}}"#,
    ),
    (
        "/evaluation",
        r#"{"subject":{"type":"user","id":"¤","properties":{"tenantId":"§"}},"action":{"name":"invite"},"resource":{"type":"tenant","id":"§","properties":{"tenantId":"§"}}}"#,
    ),
    (
        "/evaluations",
        r#"{"subject":{"type":"user","id":"§","properties":{"tenantId":"§"}},"action":{"name":"b2bDirectConnect"},"evaluations":[{"resource":{"type":"application","id":"§","properties":{"tenantId":"§"}}},{}]}"#,
    ),
    (
        "/signins",
        r#"{"value":[{"id":"§","createdDateTime":"2026-01-31T11:00:00Z","homeTenantId":"§","resourceTenantId":"0c000000-0000-4000-8000-000000000001","userId":"§","appId":"§","status":{"errorCode":0}}]}"#,
    ),
    ("/restore", r#"{"to":"1","part":"default"}"#),
    (
        "/restore",
        r#"{"to":"2","part":"partners/§","dryRun":true}"#,
    ),
    ("/settings", r#"{"tenants":[{"tenantId":"§"}]}"#),
    (
        "/tenants",
        r#"{"tenantId":"§","displayName":"¤","domains":["¤"]}"#,
    ),
    (
        "/clients",
        r#"{"displayName":"¤","permissions":["Comity.Operator"]}"#,
    ),
    ("/throttle", r#"{"requests":1,"retryAfter":1}"#),
    (
        "/scim/",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"¤","externalId":"§","displayName":"¤"}"#,
    ),
    (
        "/scim/",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"¤","members":[{"value":"§"}]}"#,
    ),
    (
        "/scim/",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"§"}]}]}"#,
    ),
    (
        "/scim/",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"displayName":"¤","active":false}}]}"#,
    ),
];

/// Addresses that no right of the table names.
pub(crate) const MORE: &[(&str, &str)] = &[
    ("GET", "/{id}/v2.0/.well-known/openid-configuration"),
    ("GET", "/{id}/discovery/v2.0/keys"),
    ("POST", "/{id}/oauth2/v2.0/token"),
    ("GET", "/.well-known/authzen-configuration"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/access/v1/evaluation"),
    ("POST", "/access/v1/evaluations"),
    ("POST", "/comity/v1/decide"),
    ("POST", "/comity/v1/signins"),
    ("GET", "/comity/v1/audit/head"),
    ("GET", "/comity/v1/tenants/{id}/settings"),
    ("PUT", "/comity/v1/tenants/{id}/settings"),
    ("GET", "/comity/v1/tenants/{id}/history"),
    ("GET", "/comity/v1/tenants/{id}/partners"),
    ("GET", "/comity/v1/tenants/{id}/smsSignIn"),
    ("GET", "/comity/v1/me"),
    ("GET", "/comity/v1/tenants/{id}/compare"),
    ("POST", "/comity/v1/tenants/{id}/restore"),
    ("GET", "/scim/v2/{id}/Users"),
    ("POST", "/scim/v2/{id}/Users"),
    ("GET", "/scim/v2/{id}/Users/{id}"),
    ("PUT", "/scim/v2/{id}/Users/{id}"),
    ("PATCH", "/scim/v2/{id}/Users/{id}"),
    ("DELETE", "/scim/v2/{id}/Users/{id}"),
    ("GET", "/scim/v2/{id}/Groups"),
    ("POST", "/scim/v2/{id}/Groups"),
    ("GET", "/scim/v2/{id}/Groups/{id}"),
    ("PATCH", "/scim/v2/{id}/Groups/{id}"),
    ("DELETE", "/scim/v2/{id}/Groups/{id}"),
    ("POST", "/scim/v2/{id}/Bulk"),
    ("GET", "/v1.0/applications(appId='{id}')"),
    ("GET", "/v1.0/servicePrincipals(appId='{id}')"),
    ("GET", "/v1.0/directoryObjects/{id}"),
    ("GET", "/v1.0/auditLogs/signIns/{id}"),
    ("GET", "/v1.0/auditLogs/directoryAudits/{id}"),
];

/// By what the things at an address are asked for.
pub(crate) const MEMBERS: &[(&str, &[&str])] = &[
    (
        "signins",
        &[
            "id",
            "userId",
            "resourceTenantId",
            "homeTenantId",
            "status/errorCode",
            "createdDateTime",
            "userPrincipalName",
            "appId",
            "crossTenantAccessType",
            "ipAddress",
        ],
    ),
    (
        "directoryaudits",
        &[
            "id",
            "category",
            "activityDisplayName",
            "initiatedBy/user/id",
            "initiatedBy/app/appId",
            "activityDateTime",
            "correlationId",
            "loggedByService",
        ],
    ),
    (
        "partners",
        &[
            "tenantId",
            "isServiceProvider",
            "isInMultiTenantOrganization",
        ],
    ),
    (
        "users",
        &[
            "id",
            "displayName",
            "userPrincipalName",
            "mail",
            "userType",
            "externalUserState",
        ],
    ),
    (
        "groups",
        &["id", "displayName", "mailNickname", "securityEnabled"],
    ),
    ("members", &["id", "displayName", "userPrincipalName"]),
    (
        "applications",
        &["id", "appId", "displayName", "signInAudience"],
    ),
    (
        "serviceprincipals",
        &["id", "appId", "displayName", "appOwnerOrganizationId"],
    ),
    (
        "roleassignments",
        &["id", "principalId", "roleDefinitionId"],
    ),
    (
        "roledefinitions",
        &["id", "displayName", "isBuiltIn", "templateId", "isEnabled"],
    ),
    ("resourceactions", &["id", "name", "actionVerb"]),
    (
        "conditionalaccess",
        &["id", "displayName", "state", "isAvailable"],
    ),
    ("tenants", &["tenantId", "displayName", "state", "role"]),
    ("deleteditems", &["tenantId", "id", "deletedDateTime"]),
    ("", &["id", "tenantId", "displayName"]),
];
/// What may hang on something.
pub(crate) const EXPANSIONS: &[&str] = &[
    "identitySynchronization",
    "members",
    "owners",
    "memberOf",
    "m365Capabilities",
    "sponsors",
    "principal",
    "roleDefinition",
    "members($select=id;$top=5)",
    "*",
    "$ref",
    "manager",
];
