//! `@odata.context`: the address by which an answer says what it is about.
//!
//! `https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy/partners/$entity`
//! is one partner, of a tenant in the commercial cloud.

use policy::tenant::Cloud;
use serde_json::Value;

/// The member that holds it.
pub(crate) const CONTEXT: &str = "@odata.context";

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `GET /policies/crossTenantAccessPolicy`.
    Policy,
    /// `GET …/default`.
    Default,
    /// `GET …/partners`.
    Partners,
    /// `GET …/partners/{id}`.
    Partner,
    /// `GET …/partners/{id}/identitySynchronization`.
    Synchronization,
    /// `GET /organization`.
    Organization,
}

impl Subject {
    /// The part of the context after `#`, as export writes it.
    const fn fragment(self) -> &'static str {
        match self {
            Subject::Policy => "policies/crossTenantAccessPolicy/$entity",
            Subject::Default => "policies/crossTenantAccessPolicy/default/$entity",
            Subject::Partners => {
                "policies/crossTenantAccessPolicy/partners(identitySynchronization())"
            }
            Subject::Partner => "policies/crossTenantAccessPolicy/partners/$entity",
            Subject::Synchronization => {
                "policies/crossTenantAccessPolicy/partners/identitySynchronization/$entity"
            }
            Subject::Organization => "organization",
        }
    }

    /// The context of a v1.0 answer of that cloud.
    pub(crate) fn context(self, cloud: Cloud) -> String {
        let (host, fragment) = (graph_host(cloud), self.fragment());
        format!("https://{host}/v1.0/$metadata#{fragment}")
    }
}

/// Where Graph answers for a cloud.
const fn graph_host(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Commercial => "graph.microsoft.com",
        Cloud::UsGovernment => "graph.microsoft.us",
        Cloud::China => "microsoftgraph.chinacloudapi.cn",
    }
}

/// A context that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Context<'a> {
    host: &'a str,
    fragment: &'a str,
}

impl<'a> Context<'a> {
    /// The context of an answer, if it has one.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        let (address, fragment) = value.get(CONTEXT)?.as_str()?.split_once('#')?;
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        Some(Context { host, fragment })
    }

    /// The cloud whose Graph answered; any other server's cloud cannot be told.
    pub(crate) fn cloud(self) -> Option<Cloud> {
        match self.host {
            "dod-graph.microsoft.us" => Some(Cloud::UsGovernment),
            host => Cloud::ALL
                .into_iter()
                .find(|cloud| graph_host(*cloud) == host),
        }
    }

    /// What the answer is about, when it is something an export holds.
    pub(crate) fn subject(self) -> Option<Subject> {
        const TYPE: &str = "microsoft.graph.crossTenantAccessPolicyConfigurationPartner";
        if self.fragment == TYPE {
            return Some(Subject::Partner);
        }
        if self.named("organization").is_some() {
            return Some(Subject::Organization);
        }
        let rest = self.named("policies/crossTenantAccessPolicy")?;
        let rest = after_selection(rest);
        match rest {
            "" | "/$entity" => Some(Subject::Policy),
            _ if rest.starts_with("/default") => Some(Subject::Default),
            _ => {
                let rest = after_selection(rest.strip_prefix("/partners")?);
                match rest {
                    "" => Some(Subject::Partners),
                    "/$entity" => Some(Subject::Partner),
                    _ if rest.starts_with("/identitySynchronization") => {
                        Some(Subject::Synchronization)
                    }
                    _ => None,
                }
            }
        }
    }

    /// Whether the request asked for some of the members only (`$select`): then a member that is
    /// missing is not null but unknown.
    pub(crate) fn is_selection(self) -> bool {
        // A key in quotes is no selection, and neither is what was expanded: `name()`.
        let selects = |name: &String| !name.is_empty() && !name.contains(['(', '\'']);
        self.listed().iter().any(selects)
    }

    /// Whether the request asked for that navigation as well (`$expand`).
    pub(crate) fn expands(self, navigation: &str) -> bool {
        let names = self.listed();
        let mut expanded = names.iter().filter_map(|name| name.split_once('('));
        expanded.any(|(name, _)| name == navigation)
    }

    /// What stands in the first parentheses, entry by entry.
    fn listed(self) -> Vec<String> {
        let Some((_, inside)) = self.fragment.split_once('(') else {
            return Vec::new();
        };
        let (mut depth, mut names, mut name) = (0usize, Vec::new(), String::new());
        for c in inside.chars() {
            match c {
                ')' if depth == 0 => break,
                ',' if depth == 0 => {
                    names.push(std::mem::take(&mut name));
                    continue;
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            name.push(c);
        }
        names.push(name);
        names
    }

    fn named(self, name: &str) -> Option<&'a str> {
        let rest = self.fragment.strip_prefix(name)?;
        matches!(rest.chars().next(), None | Some('(' | '/')).then_some(rest)
    }

    /// The part after `#`.
    pub(crate) fn fragment(self) -> &'a str {
        self.fragment
    }
}

/// What follows a list of members, or a key, in parentheses.
fn after_selection(rest: &str) -> &str {
    if !rest.starts_with('(') {
        return rest;
    }
    let mut depth = 0usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return rest.get(at + c.len_utf8()..).unwrap_or_default();
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BASE: &str =
        "https://graph.microsoft.com/beta/$metadata#policies/crossTenantAccessPolicy";

    fn about(context: &str) -> (Option<Subject>, bool) {
        let value = json!({CONTEXT: context});
        let context = Context::of(&value).unwrap();
        (context.subject(), context.is_selection())
    }

    #[test]
    fn contexts_say_what_an_answer_is_about() {
        let is = |rest: &str| about(&format!("{BASE}{rest}"));
        assert_eq!(is("/$entity"), (Some(Subject::Policy), false));
        assert_eq!(is("/default/$entity"), (Some(Subject::Default), false));
        assert_eq!(is("/partners"), (Some(Subject::Partners), false));
        assert_eq!(is("/partners/$entity"), (Some(Subject::Partner), false));
        let expanded = is("/partners(identitySynchronization())");
        assert_eq!(expanded, (Some(Subject::Partners), false));
        let setting =
            is("/partners('0f000000-0000-4000-8000-000000000002')/identitySynchronization/$entity");
        assert_eq!(setting, (Some(Subject::Synchronization), false));
        assert_eq!(
            is("/templates/multiTenantOrganizationPartnerConfiguration/$entity").0,
            None
        );
        let organization =
            about("https://graph.microsoft.com/v1.0/$metadata#organization(id,displayName)");
        assert_eq!(organization, (Some(Subject::Organization), true));
        assert_eq!(
            about("https://graph.microsoft.com/v1.0/$metadata#organizationalBranding").0,
            None
        );
    }

    #[test]
    fn a_selection_is_told_from_what_was_expanded() {
        let is = |rest: &str| about(&format!("{BASE}{rest}"));
        let selected = is("/partners(tenantId,identitySynchronization())");
        assert_eq!(selected, (Some(Subject::Partners), true));
        assert_eq!(
            is("/partners(b2bCollaborationInbound)/$entity"),
            (Some(Subject::Partner), true)
        );
        assert_eq!(
            is("/partners(identitySynchronization(tenantId))"),
            (Some(Subject::Partners), false)
        );
        assert_eq!(
            is("/default(inboundTrust)/$entity"),
            (Some(Subject::Default), true)
        );
        let value = json!({CONTEXT: Subject::Partners.context(Cloud::Commercial)});
        let context = Context::of(&value).unwrap();
        assert!(context.expands("identitySynchronization") && !context.is_selection());
    }

    #[test]
    fn the_host_says_the_cloud() {
        for cloud in Cloud::ALL {
            let value = json!({CONTEXT: Subject::Policy.context(cloud)});
            let context = Context::of(&value).unwrap();
            assert_eq!(context.cloud(), Some(cloud));
            assert_eq!(context.subject(), Some(Subject::Policy));
        }
        let value = json!({CONTEXT: "https://localhost:8443/v1.0/$metadata#organization"});
        assert_eq!(Context::of(&value).unwrap().cloud(), None);
    }
}
