//! What administrators have: the answers of Graph, saved as files, in any order and under any
//! name.
//!
//! ```text
//! GET /policies/crossTenantAccessPolicy
//! GET /policies/crossTenantAccessPolicy/default
//! GET /policies/crossTenantAccessPolicy/partners?$expand=identitySynchronization    (page by page)
//! GET /organization                                                                (if at hand)
//! ```
//!
//! Each document is recognised by what it says. An import is all or nothing: a page that is
//! missing would turn listed partners into strangers to whom the default applies, so it is an
//! error, and what had to be assumed is told as a [`Note`].

mod entries;
mod organization;
mod pages;
mod recognise;
#[cfg(test)]
mod tests;

use std::fmt;

use policy::reason::Reason;
use policy::settings::{BlockName, Blocks, Defaults, Partners, Policy, Untreated};
use policy::tenant::{Cloud, TenantId};
use policy::validate::{self, Place};
use policy::world::Tenant;
use serde_json::Value;

use self::recognise::{Answer, Found};
use crate::context::{CONTEXT, Context, Subject};
use crate::document::Printable;
use crate::settings::{Mode, defaults, root};
use crate::wire::{Result, WireError, Within};

pub(crate) use self::organization::AAD_PREMIUM;

/// What the documents may leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whose settings these are, when no document says so.
    pub tenant: Option<TenantId>,
    /// Where the tenant lives, when no document says so.
    pub cloud: Option<Cloud>,
    /// Whether it has P1, when no document says so.
    pub p1: Option<bool>,
}

/// A tenant that was imported. Its people are unknown (S25.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The tenant with its settings.
    pub tenant: Tenant,
    /// What had to be assumed.
    pub notes: Vec<Note>,
}

/// Something that the documents do not say and that was assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// No policy object: no other cloud counts as enabled.
    NoPolicy,
    /// No list of partners.
    NoPartnerList,
    /// The list of partners was asked for without the synchronization settings.
    NoSynchronization,
    /// Entries without a member that Graph always writes.
    Inherited {
        /// The member.
        member: &'static str,
        /// How many entries lack it.
        entries: usize,
    },
    /// The default lacks a member that Graph always writes.
    SystemDefault {
        /// The member.
        member: &'static str,
    },
    /// Several pages, and nothing in them that says how many there should be.
    PagesUncounted(usize),
    /// Nothing says which cloud it is.
    CloudAssumed(Cloud),
    /// Nothing says whether the tenant has P1.
    LicenceUnknown,
    /// The policy is called after another tenant.
    NamedAfterAnother(TenantId),
    /// A `$batch` holds an answer that is "not found".
    NotFound {
        /// The document.
        document: String,
        /// The id of the answer in the batch.
        id: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::NoPolicy => f.write_str(
                "no answer of GET /policies/crossTenantAccessPolicy given; no other cloud counts as enabled",
            ),
            Note::NoPartnerList => {
                f.write_str("no partner list given; the default applies to every tenant")
            }
            Note::NoSynchronization => f.write_str(
                "the partner list does not say who may synchronize users (ask with $expand=identitySynchronization); nobody counts as allowed",
            ),
            Note::Inherited { member, entries } => {
                write!(f, "`{member}` is missing in {entries} partner entries and counts as inherited")
            }
            Note::SystemDefault { member } => {
                write!(f, "`{member}` is missing in the default configuration and counts as the system default")
            }
            Note::PagesUncounted(pages) => write!(
                f,
                "the partner list came in {pages} pages that do not say how many there are; a page missing between them would not be noticed"
            ),
            Note::CloudAssumed(cloud) => {
                write!(f, "no document says where the tenant lives; {cloud} is assumed")
            }
            Note::LicenceUnknown => {
                f.write_str("no document says whether the tenant has P1; it counts as not having it")
            }
            Note::NamedAfterAnother(tenant) => {
                write!(f, "the policy is called after another tenant, {tenant}")
            }
            Note::NotFound { document, id } => write!(
                f,
                "{}: the answer `{}` is \"not found\" and was passed over",
                Printable(document),
                Printable(id)
            ),
        }
    }
}

/// Why documents could not be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The name of the document, when it is one document's fault.
    pub document: Option<String>,
    /// What is wrong, and where in it.
    pub error: WireError,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.document {
            Some(document) => write!(f, "{}: {}", Printable(document), self.error),
            None => write!(f, "{}", self.error),
        }
    }
}

impl std::error::Error for ImportError {}

impl ImportError {
    /// It is this document's fault.
    fn of(document: &str, error: WireError) -> Self {
        ImportError {
            document: Some(document.to_owned()),
            error,
        }
    }

    /// It is nobody's fault in particular.
    fn overall(message: impl Into<String>) -> Self {
        ImportError {
            document: None,
            error: WireError::conflict(message),
        }
    }
}

type Outcome<T> = std::result::Result<T, ImportError>;

/// Reads the settings of one tenant from named documents.
pub fn read(documents: &[(String, Value)], options: &Options) -> Outcome<Imported> {
    let mut notes = Vec::new();
    let mut found = Vec::new();
    for (name, value) in documents {
        recognise::recognise(name, value, &mut found, &mut notes)?;
    }
    let organization = match only(&found, Answer::Organization)? {
        Some(found) => Some(found.read(organization::read)?),
        None => None,
    };
    let mut policy = read_policy(&found, &mut notes)?;
    let id = whose(options, organization.as_ref(), &policy, &mut notes)?;
    let cloud = which_cloud(options, &found, &mut notes)?;
    policy.defaults = read_default(&found, &mut notes)?;
    if policy.id.is_none() {
        // S11.3: the default configuration returns the id of the policy.
        let id = policy.defaults.untreated.get("id");
        let id: Option<String> = id.and_then(|json| serde_json::from_str(json).ok());
        policy.id = id.and_then(|id| id.parse().ok());
    }
    entries::read(&mut policy, id, &found, &mut notes)?;
    forget_standard_contexts(&mut policy, cloud);
    let mut tenant = Tenant::registered(id, cloud);
    let stated = organization
        .as_ref()
        .and_then(|organization| organization.p1);
    let p1 = options.p1.or(stated);
    if p1.is_none() {
        notes.push(Note::LicenceUnknown);
    }
    tenant.p1 = p1.unwrap_or(false);
    tenant.policy = Some(policy);
    if let Some(organization) = organization {
        tenant.display_name = organization.display_name;
        tenant.domains = organization.domains;
    }
    Ok(Imported { tenant, notes })
}

/// The one document that answers this, if there is one.
fn only<'a>(found: &'a [Found<'a>], answer: Answer) -> Outcome<Option<&'a Found<'a>>> {
    let mut of_kind = found.iter().filter(|found| found.answer == answer);
    let first = of_kind.next();
    match (first, of_kind.next()) {
        (Some(first), Some(second)) => {
            let message = format!(
                "this is {answer}, and so is {}; give one of them",
                Printable(first.document)
            );
            Err(second.refuse(WireError::conflict(message)))
        }
        _ => Ok(first),
    }
}

fn read_policy(found: &[Found<'_>], notes: &mut Vec<Note>) -> Outcome<Policy> {
    match only(found, Answer::Policy)? {
        // Default and partners written inside the policy were found as answers of their own.
        Some(found) => Ok(Policy {
            defaults: Defaults::default(),
            partners: Partners::default(),
            ..found.read(|value| root::read(value, Mode::Import))?
        }),
        None => {
            notes.push(Note::NoPolicy);
            Ok(Policy::default())
        }
    }
}

/// Without the default nothing can be said about anybody who is not listed, and little about the
/// others: to assume the system default would be to assume that everybody may come in.
fn read_default(found: &[Found<'_>], notes: &mut Vec<Note>) -> Outcome<Defaults> {
    let Some(found) = only(found, Answer::Default)? else {
        return Err(ImportError::overall(
            "the default configuration is missing; add the answer of GET /policies/crossTenantAccessPolicy/default",
        ));
    };
    found.is_whole(&entries::SETTINGS)?;
    let present = |member: &str| found.value.get(member).is_some();
    let missing = entries::SETTINGS
        .into_iter()
        .filter(|member| !present(member));
    notes.extend(missing.map(|member| Note::SystemDefault { member }));
    found.read(|value| {
        let defaults = defaults::read(value, Mode::Import)?;
        contradictions(&defaults.blocks, Place::Default)?;
        Ok(defaults)
    })
}

/// Refuses blocks that contradict themselves (S4.11, S4.12).
fn contradictions(blocks: &Blocks, place: Place) -> Result<()> {
    for name in BlockName::ALL {
        let Some(block) = blocks.get(name) else {
            continue;
        };
        let reasons: Vec<Reason> = validate::contradictions(name, place, &block.complete());
        if let Some(reason) = reasons.first() {
            return Err(WireError::rule(*reason)).under(name.as_str());
        }
    }
    Ok(())
}

/// Whose settings these are: as told, as the organization says, as the policy is called.
fn whose(
    options: &Options,
    organization: Option<&organization::Organization>,
    policy: &Policy,
    notes: &mut Vec<Note>,
) -> Outcome<TenantId> {
    const CALLED: &str = "CrossTenantAccessPolicy for ";
    let name = policy.display_name.as_deref().unwrap_or_default();
    let called: Option<TenantId> = name.strip_prefix(CALLED).and_then(|id| id.parse().ok());
    let stated = organization.map(|organization| organization.id);
    if let (Some(told), Some(stated)) = (options.tenant, stated)
        && told != stated
    {
        return Err(ImportError::overall(format!(
            "these are the settings of the tenant {stated}, not of {told}"
        )));
    }
    let Some(id) = options.tenant.or(stated).or(called) else {
        return Err(ImportError::overall(
            "no document says whose settings these are; name the tenant by its id, or add the answer of GET /organization",
        ));
    };
    // A name can be changed by hand, so it proves nothing against the others.
    notes.extend(
        called
            .filter(|called| *called != id)
            .map(Note::NamedAfterAnother),
    );
    Ok(id)
}

/// Where the tenant lives: as told, or as the addresses in the answers say.
fn which_cloud(options: &Options, found: &[Found<'_>], notes: &mut Vec<Note>) -> Outcome<Cloud> {
    let mut stated: Option<(Cloud, &Found<'_>)> = None;
    for found in found {
        let Some(cloud) = Context::of(found.value).and_then(Context::cloud) else {
            continue;
        };
        match stated {
            Some((first, _)) if first != cloud => {
                let message = format!("this comes from {cloud}, other documents from {first}");
                let error = WireError::conflict(message).under(CONTEXT);
                return Err(found.refuse(error));
            }
            Some(_) => {}
            None => stated = Some((cloud, found)),
        }
    }
    match (options.cloud, stated) {
        (Some(told), Some((cloud, found))) if told != cloud => {
            let message = format!("this comes from {cloud}, not from {told}");
            let error = WireError::conflict(message).under(CONTEXT);
            Err(found.refuse(error))
        }
        (Some(cloud), _) | (None, Some((cloud, _))) => Ok(cloud),
        (None, None) => {
            notes.push(Note::CloudAssumed(Cloud::Commercial));
            Ok(Cloud::Commercial)
        }
    }
}

/// A context that export would write anyway is not worth keeping, so that documents with and
/// without one give the same settings.
fn forget_standard_contexts(policy: &mut Policy, cloud: Cloud) {
    let forget = |untreated: &mut Untreated, name: &str, subject: Subject| {
        let standard = Value::from(subject.context(cloud)).to_string();
        if untreated.get(name) == Some(standard.as_str()) {
            untreated.remove(name);
        }
    };
    forget(&mut policy.untreated, CONTEXT, Subject::Policy);
    forget(
        &mut policy.untreated,
        "partners@odata.context",
        Subject::Partners,
    );
    forget(&mut policy.defaults.untreated, CONTEXT, Subject::Default);
}
