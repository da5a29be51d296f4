//! A consistent reading of some tenants, and the versions it was read at.
//!
//! A snapshot is what a decision looks at and what a commit is judged on. Versions come from a store
//! and stay with what was read at them, so they are honest: whoever commits on a snapshot, however
//! long they kept it, cannot have missed somebody's write.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::roll::Roll;
use policy::settings::Policy;
use policy::target::GroupId;
use policy::tenant::TenantId;
use policy::world::{Directory, Tenant, User, World};

use crate::column;
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::people::Group;
use crate::revision::{Revision, Sequence};
use crate::text;
use crate::text::facts::FactsText;
use crate::text::people::{GroupText, UserText};
use crate::text::profile::ProfileText;
use crate::text::settings::{DefaultsText, PartnerText, RootText};
use crate::writing::{Plan, TenantWrite};

/// How much of each tenant is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Profile and settings: enough to judge an administrative write. Directories are left out and
    /// therefore unknown (S25.2).
    Settings,
    /// Also the people.
    Everything,
}

/// Where an entity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) revision: Revision,
    /// The order of partners: they are listed as they were added.
    pub(crate) place: i64,
}

/// At which point a tenant was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantVersion {
    pub(crate) revision: Revision,
    pub(crate) people: Sequence,
    pub(crate) entities: Roll<Entity, Standing>,
}

impl TenantVersion {
    /// How often its settings had been written.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The last write to its people.
    pub fn people(&self) -> Sequence {
        self.people
    }

    /// The revision that last changed the entity: its ETag.
    pub fn of(&self, entity: Entity) -> Option<Revision> {
        self.entities.get(&entity).map(|standing| standing.revision)
    }

    /// The same settings, when the people were last written at that point.
    pub fn with_people(mut self, people: Sequence) -> Self {
        self.people = people;
        self
    }

    /// Where a tenant stands once that is written, if its people stay as they are.
    pub(crate) fn after(mut self, write: &TenantWrite) -> Self {
        for written in &write.written {
            let standing = Standing {
                revision: write.revision,
                place: written.place,
            };
            match written.value {
                Some(_) => drop(self.entities.insert(written.entity, standing)),
                None => drop(self.entities.remove(&written.entity)),
            }
        }
        self.revision = write.revision;
        self
    }
}

/// A consistent reading of some tenants.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) world: World,
    // INVARIANT (as read): one version for each tenant of the world, both from one transaction.
    pub(crate) versions: BTreeMap<TenantId, TenantVersion>,
    pub(crate) facts: Revision,
    pub(crate) sequence: Sequence,
}

impl Snapshot {
    /// What somebody still has of earlier readings: the shared facts (a world without tenants), and
    /// tenants without their people. Everything is as it was at `sequence`.
    ///
    /// It may be outdated, as every snapshot may: a commit on it is refused then.
    pub fn remembered(
        (facts, revision): (World, Revision),
        sequence: Sequence,
        tenants: impl IntoIterator<Item = (Tenant, TenantVersion)>,
    ) -> Snapshot {
        let mut snapshot = Snapshot {
            world: facts,
            versions: BTreeMap::new(),
            facts: revision,
            sequence,
        };
        for (tenant, version) in tenants {
            snapshot.versions.insert(tenant.id, version);
            snapshot.world.tenants.insert(tenant.id, Arc::new(tenant));
        }
        snapshot
    }

    /// The same tenants, where they stand once that is written.
    pub(crate) fn after(mut self, plan: &Plan) -> Snapshot {
        for write in &plan.tenants {
            if let Some(version) = self.versions.remove(&write.tenant) {
                self.versions.insert(write.tenant, version.after(write));
            }
        }
        self
    }

    /// The world as it was read.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// At which point that tenant was read; `None` if it was not read or is not known.
    pub fn version(&self, tenant: TenantId) -> Option<&TenantVersion> {
        self.versions.get(&tenant)
    }

    /// The revision of the shared facts.
    pub fn facts(&self) -> Revision {
        self.facts
    }

    /// Every write up to here is in it, as far as its tenants go.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// This reading and another one together. Where both have a tenant, or the facts, the later
    /// reading is taken; the two need not be of the same moment, and a commit on both is checked
    /// tenant by tenant.
    pub fn with(mut self, other: &Snapshot) -> Snapshot {
        for (id, version) in &other.versions {
            let older = self.versions.get(id).is_none_or(|ours| {
                (ours.revision, ours.people) < (version.revision, version.people)
            });
            if let (true, Some(tenant)) = (older, other.world.tenants.get(id)) {
                self.world.tenants.insert(*id, tenant.clone());
                self.versions.insert(*id, version.clone());
            }
        }
        if self.facts < other.facts {
            let tenants = std::mem::take(&mut self.world.tenants);
            self.world = World {
                tenants,
                ..Facts::of(&other.world).world()
            };
            self.facts = other.facts;
        }
        self.sequence = self.sequence.min(other.sequence);
        self
    }
}

/// The rows of a database that make one tenant, as they come.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    profile: Option<Tenant>,
    policy: Option<Policy>,
    entities: Roll<Entity, Standing>,
    directory: Option<Directory>,
}

/// An entity as a row: kind, partner, revision, place, value.
pub(crate) type EntityRow = (String, Vec<u8>, i64, i64, String);

impl Assembly {
    /// Takes the entities of a tenant: the root before the default before the partners, and these
    /// in the order of their places.
    pub(crate) fn entities(&mut self, rows: Vec<EntityRow>) -> Result<()> {
        for (kind, partner, revision, place, value) in rows {
            let partner = column::read_optional_id(&partner)?;
            let entity = Entity::of(&kind, partner)
                .ok_or_else(|| Error::corrupt("an entity", format!("`{kind}` is no kind")))?;
            let standing = Standing {
                revision: Revision(column::read_number(revision)?),
                place,
            };
            self.entity(entity, &value)?;
            self.entities.insert(entity, standing);
        }
        Ok(())
    }

    fn entity(&mut self, entity: Entity, value: &str) -> Result<()> {
        if entity == Entity::Profile {
            self.profile = Some(profile(value)?);
            return Ok(());
        }
        let policy = self.policy.get_or_insert_default();
        match entity {
            Entity::Profile => {}
            Entity::Policy => {
                let root: Policy = text::read::<RootText, _>("a policy", value)?;
                let defaults = std::mem::take(&mut policy.defaults);
                let partners = std::mem::take(&mut policy.partners);
                *policy = Policy {
                    defaults,
                    partners,
                    ..root
                };
            }
            Entity::Default => {
                policy.defaults = text::read::<DefaultsText, _>("a default", value)?;
            }
            Entity::Partner(_) => {
                let partner = text::read::<PartnerText, _>("a partner", value)?;
                policy.partners.insert(partner);
            }
        }
        Ok(())
    }

    /// The directory is known, even if nobody is in it.
    pub(crate) fn people(&mut self, users: Vec<String>, groups: Vec<String>) -> Result<()> {
        let directory = self.directory.get_or_insert_default();
        for value in users {
            let user: User = text::read::<UserText, _>("a user", &value)?;
            directory.users.insert(user.id, user);
        }
        for value in groups {
            let group: Group = text::read::<GroupText, _>("a group", &value)?;
            directory.groups.insert(group.id, group.member_of);
        }
        Ok(())
    }

    /// The tenant, and at which point it was read.
    pub(crate) fn finish(
        self,
        revision: Revision,
        people: Sequence,
    ) -> Result<(Tenant, TenantVersion)> {
        let Assembly {
            profile,
            policy,
            entities,
            directory,
        } = self;
        let profile = profile.ok_or_else(|| Error::corrupt("a tenant", "it has no profile"))?;
        let tenant = Tenant {
            policy,
            directory,
            ..profile
        };
        let version = TenantVersion {
            revision,
            people,
            entities,
        };
        Ok((tenant, version))
    }

    /// The policy alone, for the history.
    pub(crate) fn into_settings(self) -> (Option<Tenant>, Option<Policy>) {
        (self.profile, self.policy)
    }
}

/// Reads a tenant's profile.
pub(crate) fn profile(value: &str) -> Result<Tenant> {
    text::read::<ProfileText, _>("a tenant", value)
}

/// Puts a snapshot together.
pub(crate) fn snapshot(
    facts: (i64, &str),
    sequence: i64,
    tenants: Vec<(Tenant, TenantVersion)>,
) -> Result<Snapshot> {
    let (revision, value) = facts;
    let facts: Facts = text::read::<FactsText, _>("the shared facts", value)?;
    let mut world = facts.world();
    let mut versions = BTreeMap::new();
    for (tenant, version) in tenants {
        versions.insert(tenant.id, version);
        world.tenants.insert(tenant.id, Arc::new(tenant));
    }
    Ok(Snapshot {
        world,
        versions,
        facts: Revision(column::read_number(revision)?),
        sequence: Sequence(column::read_number(sequence)?),
    })
}

/// The groups of a directory, which has no names for them.
pub(crate) fn nameless(directory: &Directory) -> impl Iterator<Item = Group> {
    let group = |(id, member_of): (&GroupId, &_)| Group {
        id: *id,
        display_name: None,
        member_of: Clone::clone(member_of),
    };
    directory.groups.iter().map(group)
}
