//! Which operation a request means: method and path of the cross-tenant access part of Graph
//! (S14.1).
//!
//! Segments are matched without regard to case, a trailing slash is harmless, and the OData form of
//! a key, `partners('…')`, means the same as `partners/…`.

use policy::administer::{Operation, PartnerKey};
use serde_json::Value;

use crate::body;
use crate::wire::WireError;

/// The request means no operation of S14.1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RouteError {
    /// There is nothing at that path.
    #[error(
        "`{path}` is not a path of the cross-tenant access policy (expected /policies/crossTenantAccessPolicy, …/default, …/default/resetToSystemDefault, …/partners, …/partners/{{id}} or …/partners/{{id}}/identitySynchronization)"
    )]
    UnknownPath {
        /// The path.
        path: String,
    },
    /// The thing at that path does not know the method.
    #[error("`{method}` is not offered here (expected {expected})")]
    UnknownMethod {
        /// The method.
        method: String,
        /// What is.
        expected: &'static str,
    },
    /// The body cannot be read.
    #[error("the body cannot be read")]
    Body(#[source] WireError),
}

/// What stands at a path.
enum Resource {
    Policy,
    Default,
    Reset,
    Partners,
    Partner(PartnerKey),
    Synchronization(PartnerKey),
}

/// Reads a request.
pub fn operation(method: &str, path: &str, body: Option<&Value>) -> Result<Operation, RouteError> {
    let written = || match body {
        Some(body) => body::read(body).map_err(RouteError::Body),
        None => Ok(Vec::new()),
    };
    let unknown = |expected| {
        Err(RouteError::UnknownMethod {
            method: method.chars().take(16).collect(),
            expected,
        })
    };
    match (resource(path)?, method) {
        (Resource::Policy, "GET") => Ok(Operation::ReadPolicy),
        (Resource::Policy, "PATCH") => Ok(Operation::UpdatePolicy(written()?)),
        (Resource::Policy, _) => unknown("GET or PATCH"),
        (Resource::Default, "GET") => Ok(Operation::ReadDefault),
        (Resource::Default, "PATCH") => Ok(Operation::UpdateDefault(written()?)),
        (Resource::Default, _) => unknown("GET or PATCH"),
        (Resource::Reset, "POST") => Ok(Operation::ResetDefault),
        (Resource::Reset, _) => unknown("POST"),
        (Resource::Partners, "GET") => Ok(Operation::ListPartners),
        (Resource::Partners, "POST") => Ok(Operation::AddPartner(written()?)),
        (Resource::Partners, _) => unknown("GET or POST"),
        (Resource::Partner(key), "GET") => Ok(Operation::ReadPartner(key)),
        (Resource::Partner(key), "PATCH") => Ok(Operation::UpdatePartner(key, written()?)),
        (Resource::Partner(key), "DELETE") => Ok(Operation::RemovePartner(key)),
        (Resource::Partner(_), _) => unknown("GET, PATCH or DELETE"),
        (Resource::Synchronization(key), "GET") => Ok(Operation::ReadSynchronization(key)),
        (Resource::Synchronization(key), "PUT") => {
            Ok(Operation::CreateSynchronization(key, written()?))
        }
        (Resource::Synchronization(key), "PATCH") => {
            Ok(Operation::UpdateSynchronization(key, written()?))
        }
        (Resource::Synchronization(key), "DELETE") => Ok(Operation::RemoveSynchronization(key)),
        (Resource::Synchronization(_), _) => unknown("GET, PUT, PATCH or DELETE"),
    }
}

fn resource(path: &str) -> Result<Resource, RouteError> {
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let found = match segments.as_slice() {
        ["policies", "crosstenantaccesspolicy", rest @ ..] => match rest {
            [] => Some(Resource::Policy),
            ["default"] => Some(Resource::Default),
            ["default", "resettosystemdefault"] => Some(Resource::Reset),
            ["partners"] => Some(Resource::Partners),
            ["partners", key] => Some(Resource::Partner(key.parse().ok())),
            ["partners", key, "identitysynchronization"] => {
                Some(Resource::Synchronization(key.parse().ok()))
            }
            [keyed] => quoted(keyed).map(Resource::Partner),
            [keyed, "identitysynchronization"] => quoted(keyed).map(Resource::Synchronization),
            _ => None,
        },
        _ => None,
    };
    found.ok_or_else(|| RouteError::UnknownPath {
        path: path.chars().take(200).collect(),
    })
}

/// `partners('…')`.
fn quoted(segment: &str) -> Option<PartnerKey> {
    let key = segment.strip_prefix("partners('")?.strip_suffix("')")?;
    Some(key.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f000000-0000-4000-8000-000000000002";

    #[test]
    fn segments_are_matched_without_case_and_both_forms_of_a_key_mean_the_same() {
        let key = Some(ID.parse().unwrap());
        for path in [
            format!("/policies/crossTenantAccessPolicy/partners/{ID}"),
            format!("/Policies/CROSSTENANTACCESSPOLICY/Partners/{ID}/"),
            format!("/policies/crossTenantAccessPolicy/partners('{ID}')"),
        ] {
            assert_eq!(
                operation("GET", &path, None),
                Ok(Operation::ReadPartner(key)),
                "{path}"
            );
        }
    }

    #[test]
    fn a_key_that_is_no_tenant_id_names_no_entry() {
        let path = "/policies/crossTenantAccessPolicy/partners/contoso.com";
        assert_eq!(
            operation("DELETE", path, None),
            Ok(Operation::RemovePartner(None))
        );
    }

    #[test]
    fn what_is_not_offered_is_refused_by_name() {
        assert!(operation("DELETE", "/policies/crossTenantAccessPolicy/default", None).is_err());
        assert!(operation("GET", "/policies/somethingElse", None).is_err());
    }
}
