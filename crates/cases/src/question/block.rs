//! `block` (S3.5), `reach` (S3.6) and `validate` (S4): one block by itself.

use graph::ruling;
use graph::settings::{Mode, block};
use policy::block::Judgement;
use policy::draft::BlockDraft;
use policy::matching::Subject;
use policy::reason::{Reason, Warning};
use policy::settings::{BlockName, CompleteBlock};
use policy::target::{ApplicationId, UserId};
use policy::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use policy::validate::Place;
use serde_json::{Value, json};

use super::{Ask, State, wire};
use crate::members::{Members, Mistake, parsed};

/// The words for the five blocks.
pub(super) fn names() -> [(&'static str, BlockName); 5] {
    BlockName::ALL.map(|name| (name.as_str(), name))
}

#[derive(Debug)]
struct Judge {
    block: CompleteBlock,
    subject: Subject,
    /// `None` where only the users matter (S3.6).
    applications: Option<Vec<ApplicationId>>,
}

/// Reads `block`.
pub(super) fn judge(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let block = complete(members)?;
    let applications = members.list("appIds", parsed)?.unwrap_or_default();
    Ok(Box::new(Judge {
        subject: subject(members, &block)?,
        block,
        applications: Some(applications),
    }))
}

/// Reads `reach`.
pub(super) fn reach(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let block = complete(members)?;
    Ok(Box::new(Judge {
        subject: subject(members, &block)?,
        block,
        applications: None,
    }))
}

fn complete(members: &mut Members<'_>) -> Result<CompleteBlock, Mistake> {
    let path = members.path_of("block");
    let value = members.value("block");
    let value = members.required("block", value)?;
    let name = BlockName::B2bCollaborationInbound;
    let block = block::read(value, name, Mode::Strict).map_err(|error| wire(error, &path))?;
    let empty = || Mistake::at(&path, "expected a block with at least one half");
    Ok(block.ok_or_else(empty)?.complete())
}

/// `userIds` says by which ids the subject is known.
fn subject(members: &mut Members<'_>, block: &CompleteBlock) -> Result<Subject, Mistake> {
    let ids = members
        .list("userIds", parsed::<UserId>)?
        .unwrap_or_default();
    Ok(ruling::subject(&ids, block))
}

impl Ask for Judge {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let suites = &state.world.suites;
        let Judgement { ruling, .. } = match &self.applications {
            Some(apps) => policy::block::judge(&self.block, &self.subject, apps, suites),
            None => policy::block::reach(&self.block, &self.subject),
        };
        Ok(ruling::render(&ruling))
    }
}

#[derive(Debug)]
struct Validate {
    name: BlockName,
    default: bool,
    draft: BlockDraft,
    tenant: Option<TenantId>,
    partner: Option<TenantId>,
}

/// Reads `validate`.
pub(super) fn validate(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let scope = members.word("scope", &[("default", true), ("partner", false)])?;
    let name = members.word("name", &names())?;
    let name = members.required("name", name)?;
    let path = members.path_of("block");
    let value = members.value("block");
    let value = members.required("block", value)?;
    let draft = block::draft(value, name, Mode::Strict).map_err(|error| wire(error, &path))?;
    Ok(Box::new(Validate {
        name,
        default: members.required("scope", scope)?,
        draft,
        tenant: members.parsed("tenant")?,
        partner: members.parsed("partner")?,
    }))
}

impl Ask for Validate {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let place = match self.default {
            true => Place::Default,
            false => Place::Partner {
                other_cloud: match (self.tenant, self.partner) {
                    (Some(tenant), Some(partner)) => state.world.clouds_differ(tenant, partner),
                    _ => false,
                },
                microsoft_accounts: self.partner == Some(MICROSOFT_ACCOUNTS),
            },
        };
        let suites = &state.world.suites;
        let (errors, warnings) =
            match policy::validate::block(self.name, place, &self.draft, suites) {
                Ok(valid) => (Vec::new(), valid.warnings),
                Err(errors) => (errors, Vec::new()),
            };
        Ok(json!({
            "errors": errors.into_iter().map(Reason::as_str).collect::<Vec<_>>(),
            "warnings": warnings.into_iter().map(Warning::as_str).collect::<Vec<_>>(),
        }))
    }
}
