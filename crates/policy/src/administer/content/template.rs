//! The templates for partners of a multitenant organization (S13.4 to S13.6), merged as any PATCH is
//! (S14.7) and judged by the rules of a partner entry of the same cloud (S4): a multitenant
//! organization knows no other (S13.2).

use super::names::{self, Echo};
use super::{Edit, Judged, Refused};
use crate::administer::merge;
use crate::audit::{ModifiedProperty, Value};
use crate::draft::{Patch, TemplateDraft, Written};
use crate::multitenant::{PartnerTemplate, SynchronizationTemplate, TemplateLevel};
use crate::reason::Reason;
use crate::settings::{BlockName, IdentitySynchronization, Policy};
use crate::validate::Place;
use crate::world::{Storage, Tenant, World};

const LEVEL: &str = "templateApplicationLevel";

/// A template as it would be stored, with what was written.
type Templated<T> = Judged<(T, Vec<ModifiedProperty>)>;

/// The partner template of the tenant after that PATCH.
pub fn partner_template(tenant: &Tenant, draft: &TemplateDraft) -> Templated<PartnerTemplate> {
    let world = World::default();
    let mut edit = begin(&world, tenant, draft, |member| match member {
        Written::Block(name, _) => *name != BlockName::TenantRestrictions,
        other => matches!(other, Written::Trust(_) | Written::Consent(_)),
    })?;
    let mut template = tenant.templates.partner.clone();
    edit.level(&mut template.level, &draft.level);
    let place = Place::Partner {
        other_cloud: false,
        microsoft_accounts: false,
    };
    edit.blocks(&draft.written, place, &mut template.blocks)?;
    for member in &draft.written {
        match member {
            Written::Trust(written) => {
                let new = merge::trust(Some(&template.trust), written).unwrap_or_default();
                let old = std::mem::replace(&mut template.trust, new.clone());
                edit.modify("inboundTrust", Value::Trust(old), Value::Trust(new));
            }
            Written::Consent(written) => {
                let new = merge::consent(template.automatic_consent, written);
                let old = std::mem::replace(&mut template.automatic_consent, new);
                let name = "automaticUserConsentSettings";
                edit.modify(name, Value::Consent(old), Value::Consent(new));
            }
            _ => {}
        }
    }
    Ok((template, edit.in_order()))
}

/// The synchronization template of the tenant after that PATCH.
pub fn synchronization_template(
    tenant: &Tenant,
    draft: &TemplateDraft,
) -> Templated<SynchronizationTemplate> {
    let world = World::default();
    let known = |member: &Written| matches!(member, Written::SyncAllowed(_));
    let mut edit = begin(&world, tenant, draft, known)?;
    let mut template = tenant.templates.synchronization.clone();
    edit.level(&mut template.level, &draft.level);
    for member in &draft.written {
        let Written::SyncAllowed(written) = member else {
            continue;
        };
        let old = template.is_sync_allowed;
        match written {
            Patch::Value(flag) => merge::flag(&mut template.is_sync_allowed, flag),
            Patch::Null => template.is_sync_allowed = None,
            Patch::Absent => {}
        }
        let value = |is_sync_allowed| {
            Value::Synchronization(IdentitySynchronization {
                is_sync_allowed,
                ..IdentitySynchronization::default()
            })
        };
        edit.modify(
            "userSyncInbound",
            value(old),
            value(template.is_sync_allowed),
        );
    }
    Ok((template, edit.in_order()))
}

/// What comes before the values, in the order of S14.13: migration, then the names (S14.6).
fn begin<'a>(
    world: &'a World,
    tenant: &'a Tenant,
    draft: &TemplateDraft,
    known: impl Fn(&Written) -> bool,
) -> Judged<Edit<'a>> {
    let Some(policy) = &tenant.policy else {
        return Err(Reason::NotHosted.into());
    };
    if tenant.storage == Storage::Migrating {
        return Err(Reason::PolicyMigrating.into());
    }
    let id = policy.id.map(|id| id.to_string());
    names::read_only(&draft.written, |member| match member {
        Written::Id(value) => Echo::of(names::same_text(value, id.as_deref())),
        _ => Echo::NotReadOnly,
    })?;
    names::known(&draft.written, |member| {
        matches!(member, Written::Id(_)) || known(member)
    })?;
    if draft.level == Patch::Null {
        return Err(Refused::at(Reason::InvalidProperty, LEVEL));
    }
    Ok(Edit {
        world,
        tenant,
        policy: Policy::default(),
        modified: Vec::new(),
        warnings: Vec::new(),
    })
}

impl Edit<'_> {
    fn level(&mut self, stored: &mut TemplateLevel, written: &Patch<TemplateLevel>) {
        if let Patch::Value(new) = written {
            let old = std::mem::replace(stored, *new);
            let text = |level: TemplateLevel| Value::Text(level.as_str().to_owned());
            self.modify(LEVEL, text(old), text(*new));
        }
    }

    fn in_order(mut self) -> Vec<ModifiedProperty> {
        self.modified.sort_by(|a, b| a.name.cmp(&b.name));
        self.modified
    }
}
