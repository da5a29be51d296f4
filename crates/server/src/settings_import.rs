//! The settings of a tenant replaced as a whole, from the documents Graph answered: what differs is
//! judged like the writes an administrator would have made one by one (S14), and kept as one change.
//!
//! Every partner is judged beside the settings that all share and nobody else's entry, so the cost
//! of an import grows with its partners and not with their square. The size of legacy storage is a
//! matter of the whole and judged once (S14.11).

use std::sync::Arc;

use graph::settings::{Form, block, consent, redemption, synchronization};
use policy::administer::{Actor, LEGACY_LIMIT_BYTES, Operation, Outcome, administer};
use policy::audit::AuditEntry;
use policy::reason::Reason;
use policy::settings::{BlockName, Blocks, Defaults, InboundTrust, Partner, Partners, Policy};
use policy::tenant::TenantId;
use policy::world::{Storage, Tenant, World};
use serde_json::{Map, Value, json};

/// An operation that the law refuses, and whose entry it is about.
pub(crate) struct Refused {
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
    pub(crate) partner: Option<TenantId>,
}

/// What a judged import is.
pub(crate) struct Judged {
    /// The entries of the audit log, in the order of the changes.
    pub(crate) audit: Vec<AuditEntry>,
}

/// Judges the step from the stored settings to the new ones. The world knows the tenant and all its
/// partners, old and new.
pub(crate) fn judge(
    world: &World,
    tenant: &Tenant,
    actor: &Actor,
    new: &Policy,
) -> Result<Judged, Box<Refused>> {
    let old = tenant.policy.clone().unwrap_or_default();
    let mut step = Step {
        world: world.clone(),
        tenant: tenant.clone(),
        actor,
        audit: Vec::new(),
    };
    step.bare(&old);
    step.root(&old, new)?;
    step.defaults(&old.defaults, &new.defaults)?;
    step.bare(new);
    let gone = old.partners.iter();
    for partner in gone.filter(|partner| new.partners.get(partner.tenant).is_none()) {
        step.remove(partner)?;
    }
    for partner in new.partners.iter() {
        match old.partners.get(partner.tenant) {
            None => step.add(partner)?,
            Some(stored) if stored == partner => {}
            Some(stored) => step.change(stored, partner)?,
        }
    }
    step.size(new)?;
    Ok(Judged { audit: step.audit })
}

struct Step<'a> {
    world: World,
    tenant: Tenant,
    actor: &'a Actor,
    audit: Vec<AuditEntry>,
}

type Outcomes<T = ()> = Result<T, Box<Refused>>;

impl Step<'_> {
    /// The settings that all partners share, and no partner.
    fn bare(&mut self, policy: &Policy) {
        self.tenant.policy = Some(Policy {
            id: policy.id,
            display_name: policy.display_name.clone(),
            allowed_clouds: policy.allowed_clouds.clone(),
            defaults: policy.defaults.clone(),
            partners: Partners::default(),
            untreated: policy.untreated.clone(),
        });
    }

    /// Judges one operation on those settings with that entry.
    fn take(&mut self, entry: Option<&Partner>, operation: Operation) -> Outcomes {
        let mut tenant = self.tenant.clone();
        if let (Some(policy), Some(entry)) = (&mut tenant.policy, entry) {
            policy.partners.insert(entry.clone());
        }
        // The whole is measured at the end.
        if tenant.storage == Storage::Legacy {
            tenant.storage = Storage::Scalable;
        }
        let id = tenant.id;
        self.world.tenants.insert(id, Arc::new(tenant));
        let outcome = administer(&self.world, id, self.actor, &operation, &|_| 0);
        match outcome.reason {
            Reason::Ok => {
                self.audit.extend(outcome.audit);
                Ok(())
            }
            _ => Err(Box::new(Refused {
                partner: entry.map(|entry| entry.tenant),
                operation,
                outcome,
            })),
        }
    }

    fn root(&mut self, old: &Policy, new: &Policy) -> Outcomes {
        let mut body = Map::new();
        if old.allowed_clouds != new.allowed_clouds {
            let clouds = new.allowed_clouds.iter().map(|cloud| cloud.endpoint());
            body.insert("allowedCloudEndpoints".to_owned(), clouds.collect());
        }
        if old.display_name != new.display_name {
            body.insert("displayName".to_owned(), json!(new.display_name));
        }
        let differs = !body.is_empty() || old.untreated != new.untreated || old.id != new.id;
        match differs {
            true => self.take(None, Operation::UpdatePolicy(written(body))),
            false => Ok(()),
        }
    }

    fn defaults(&mut self, old: &Defaults, new: &Defaults) -> Outcomes {
        if old == new {
            return Ok(());
        }
        if !new.customized {
            return self.take(None, Operation::ResetDefault);
        }
        let mut body = Map::new();
        blocks(&mut body, &old.blocks, &new.blocks);
        trusts(&mut body, old.trust.as_ref(), new.trust.as_ref());
        if old.redemption != new.redemption {
            let order = new.redemption.as_ref().map(redemption::render);
            let name = "invitationRedemptionIdentityProviderConfiguration";
            body.insert(name.to_owned(), json!(order));
        }
        self.take(None, Operation::UpdateDefault(written(body)))
    }

    fn remove(&mut self, partner: &Partner) -> Outcomes {
        let key = Some(partner.tenant);
        let mut entry = partner.clone();
        if entry.synchronization.is_some() {
            self.take(Some(&entry), Operation::RemoveSynchronization(key))?;
            entry.synchronization = None;
        }
        self.take(Some(&entry), Operation::RemovePartner(key))
    }

    fn add(&mut self, partner: &Partner) -> Outcomes {
        let fresh = Partner::new(partner.tenant);
        let mut body = members(&fresh, partner);
        body.insert("tenantId".to_owned(), partner.tenant.to_string().into());
        let added = self.take(None, Operation::AddPartner(written(body)));
        added.map_err(|mut refused| {
            refused.partner = Some(partner.tenant);
            refused
        })?;
        self.synchronize(&fresh, partner)
    }

    fn change(&mut self, old: &Partner, new: &Partner) -> Outcomes {
        let only_synchronization = Partner {
            synchronization: new.synchronization.clone(),
            ..old.clone()
        };
        if only_synchronization != *new {
            let body = written(members(old, new));
            self.take(Some(old), Operation::UpdatePartner(Some(old.tenant), body))?;
        }
        self.synchronize(old, new)
    }

    fn synchronize(&mut self, old: &Partner, new: &Partner) -> Outcomes {
        let key = Some(new.tenant);
        let entry = Partner {
            synchronization: old.synchronization.clone(),
            ..new.clone()
        };
        let body = |setting| {
            let mut body = synchronization::render(new.tenant, setting, Form::World);
            if let Value::Object(members) = &mut body {
                members.remove("tenantId");
            }
            graph::body::read(&body).unwrap_or_default()
        };
        match (&old.synchronization, &new.synchronization) {
            (old, new) if old == new => Ok(()),
            (None, Some(setting)) => {
                let operation = Operation::CreateSynchronization(key, body(setting));
                self.take(Some(&entry), operation)
            }
            (Some(_), Some(setting)) => {
                let operation = Operation::UpdateSynchronization(key, body(setting));
                self.take(Some(&entry), operation)
            }
            (_, None) => self.take(Some(&entry), Operation::RemoveSynchronization(key)),
        }
    }

    /// S14.11.
    fn size(&self, new: &Policy) -> Outcomes {
        let too_large = self.tenant.storage == Storage::Legacy
            && graph::settings::root::size_in_bytes(new) > LEGACY_LIMIT_BYTES;
        if !too_large || self.audit.is_empty() {
            return Ok(());
        }
        let mut tenant = self.tenant.clone();
        tenant.policy = Some(new.clone());
        let mut world = self.world.clone();
        world.tenants.insert(tenant.id, Arc::new(tenant));
        let operation = Operation::UpdatePolicy(Vec::new());
        let size = &graph::settings::root::size_in_bytes;
        let outcome = administer(&world, self.tenant.id, self.actor, &operation, size);
        Err(Box::new(Refused {
            operation,
            outcome,
            partner: None,
        }))
    }
}

/// A body as the law reads it.
fn written(body: Map<String, Value>) -> Vec<policy::draft::Written> {
    graph::body::read(&Value::Object(body)).unwrap_or_default()
}

/// What would have to be written to make the one entry the other.
fn members(old: &Partner, new: &Partner) -> Map<String, Value> {
    let mut body = Map::new();
    blocks(&mut body, &old.blocks, &new.blocks);
    trusts(&mut body, old.trust.as_ref(), new.trust.as_ref());
    if old.automatic_consent != new.automatic_consent {
        let flags = consent::render(new.automatic_consent, Form::Answer);
        body.insert("automaticUserConsentSettings".to_owned(), flags);
    }
    body
}

/// A half that is missing is written as null: merging must not leave the stored one (S14.7).
fn blocks(body: &mut Map<String, Value>, old: &Blocks, new: &Blocks) {
    for name in BlockName::ALL {
        if old.get(name) == new.get(name) {
            continue;
        }
        let value = new.get(name).map(|stored| {
            let rendered = block::render(stored, name, Form::World);
            let half = |half: &str| rendered.get(half).cloned().unwrap_or(Value::Null);
            json!({
                "usersAndGroups": half("usersAndGroups"),
                "applications": half("applications"),
            })
        });
        body.insert(name.as_str().to_owned(), json!(value));
    }
}

fn trusts(body: &mut Map<String, Value>, old: Option<&InboundTrust>, new: Option<&InboundTrust>) {
    if old == new {
        return;
    }
    let value = new.map(|new| {
        json!({
            "isMfaAccepted": new.mfa,
            "isCompliantDeviceAccepted": new.compliant_device,
            "isHybridAzureADJoinedDeviceAccepted": new.hybrid_joined_device,
        })
    });
    body.insert("inboundTrust".to_owned(), json!(value));
}
