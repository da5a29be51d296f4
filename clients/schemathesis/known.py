"""Names of what is there, for half of the addresses: made-up ones are answered 404 and no more."""

import schemathesis

from demo import TENANT

#: What the demo world has, by the beginning of the address.
KNOWN = {
    "/policies/crossTenantAccessPolicy/partners/{id}": "0f000000-0000-4000-8000-000000000002",
    "/users/{id}": "alice@contoso.com",
    "/groups/{id}": "0c000000-0000-4000-8000-00000000c003",
    "/organization/{id}": TENANT,
    "/policies/b2bManagementPolicies/{id}": TENANT,
    "/roleManagement/directory/resourceNamespaces/{id}": "microsoft.directory",
    "/roleManagement/directory/roleDefinitions/{id}": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "/identity/conditionalAccess/authenticationContextClassReferences/{id}": "c1",
    "/comity/v1/tenants/{id}": TENANT,
    "/tenantRelationships/multiTenantOrganization/tenants/{id}": TENANT,
}

#: The same by the name in the address.
NAMED = {
    "tenant": TENANT,
    "tenantId": TENANT,
    "domainName": "fabrikam.com",
    "name": "crossTenantOpenProfileCard",
    "action": "microsoft.directory-crossTenantAccessPolicy-partners-delete-delete",
}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every second address is one of something that is there."""
    if not path_parameters or sum(map(len, map(str, path_parameters.values()))) % 2:
        return path_parameters
    path = context.operation.path
    known = [value for start, value in KNOWN.items() if start in path]
    found = dict(path_parameters)
    for name in found:
        if name in NAMED:
            found[name] = NAMED[name]
        elif name == "id" and known:
            found[name] = known[0]
    return found
