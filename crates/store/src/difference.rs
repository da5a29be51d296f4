//! Which entities differ between two states of a tenant's settings.

use std::collections::BTreeSet;

use policy::settings::{Partner, Policy};
use policy::tenant::TenantId;
use policy::world::Tenant;

use crate::entity::Entity;
use crate::error::Result;
use crate::snapshot::TenantVersion;
use crate::text;
use crate::text::profile::ProfileText;
use crate::text::settings::{DefaultsText, PartnerText, RootText};

/// One entity that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) entity: Entity,
    pub(crate) place: i64,
    /// `None`: it is dropped.
    pub(crate) value: Option<String>,
}

/// The profile, if it differs.
pub(crate) fn of_profile(old: Option<&Tenant>, new: &Tenant) -> Result<Option<Written>> {
    let value = text::write::<ProfileText, _>(new)?;
    let before = old.map(text::write::<ProfileText, _>).transpose()?;
    Ok((before.as_ref() != Some(&value)).then_some(Written {
        entity: Entity::Profile,
        place: 0,
        value: Some(value),
    }))
}

/// The entities of a policy that differ. Without an old policy all of them do.
pub(crate) fn of_policy(
    old: Option<&Policy>,
    new: &Policy,
    version: Option<&TenantVersion>,
) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    if old.is_none_or(|old| !same_root(old, new)) {
        written.push(Written {
            entity: Entity::Policy,
            place: 0,
            value: Some(text::write::<RootText, _>(new)?),
        });
    }
    if old.is_none_or(|old| old.defaults != new.defaults) {
        written.push(Written {
            entity: Entity::Default,
            place: 0,
            value: Some(text::write::<DefaultsText, _>(&new.defaults)?),
        });
    }
    let empty = Policy::default();
    partners(&mut written, old.unwrap_or(&empty), new, version)?;
    Ok(written)
}

fn same_root(old: &Policy, new: &Policy) -> bool {
    let Policy {
        id,
        display_name,
        allowed_clouds,
        defaults: _,
        partners: _,
        untreated,
    } = old;
    *id == new.id
        && *display_name == new.display_name
        && *allowed_clouds == new.allowed_clouds
        && *untreated == new.untreated
}

/// Partners are listed in the order they were added (S14.1), so their order is kept as well: as
/// long as both lists agree a partner keeps its place, and from the first difference on everybody
/// gets a new one at the end.
fn partners(
    written: &mut Vec<Written>,
    old: &Policy,
    new: &Policy,
    version: Option<&TenantVersion>,
) -> Result<()> {
    let kept: BTreeSet<TenantId> = new.partners.iter().map(|partner| partner.tenant).collect();
    for gone in old
        .partners
        .iter()
        .filter(|old| !kept.contains(&old.tenant))
    {
        let entity = Entity::Partner(gone.tenant);
        written.push(Written {
            entity,
            place: place(version, entity),
            value: None,
        });
    }
    let standings = version.map(|version| version.entities.values());
    let last = standings.and_then(|standings| standings.map(|standing| standing.place).max());
    let mut last = last.unwrap_or(0);
    let mut before = old.partners.iter().filter(|old| kept.contains(&old.tenant));
    let mut in_order = true;
    for partner in new.partners.iter() {
        in_order = in_order
            && before
                .next()
                .is_some_and(|old| old.tenant == partner.tenant);
        let entity = Entity::Partner(partner.tenant);
        let place = match in_order {
            true => place(version, entity),
            false => {
                last += 1;
                last
            }
        };
        if !in_order || old.partners.get(partner.tenant) != Some(partner) {
            written.push(written_partner(entity, place, partner)?);
        }
    }
    Ok(())
}

fn written_partner(entity: Entity, place: i64, partner: &Partner) -> Result<Written> {
    Ok(Written {
        entity,
        place,
        value: Some(text::write::<PartnerText, _>(partner)?),
    })
}

fn place(version: Option<&TenantVersion>, entity: Entity) -> i64 {
    let standing = version.and_then(|version| version.entities.get(&entity));
    standing.map_or(0, |standing| standing.place)
}
