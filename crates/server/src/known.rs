//! One tenant in memory, and how it follows what was written.
//!
//! What has not changed is shared with what was in force before, so a change of one person costs as
//! much in a tenant of a hundred thousand as in one of ten.

use std::collections::BTreeSet;
use std::sync::Arc;

use policy::compiled::Snapshot as Compiled;
use policy::roll::Roll;
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::{Directory, Tenant};
use store::{CatchUp, Held, Moment, MovedPeople, Sequence, TenantVersion};

/// A tenant as it is in force, and where it stood when it was read.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) version: TenantVersion,
    /// Whose sessions were ended, and when.
    pub(crate) revoked: Roll<UserId, Moment>,
    /// The last write to its people.
    people: Sequence,
}

impl Known {
    /// The tenant without its people.
    pub(crate) fn settings(&self) -> (Tenant, TenantVersion) {
        let tenant = Tenant {
            directory: None,
            ..(*self.tenant).clone()
        };
        (tenant, self.version.clone().with_people(self.people))
    }

    /// How much of the tenant is here.
    pub(crate) fn held(&self) -> Held {
        Held {
            revision: self.version.revision(),
            people: self.people,
        }
    }
}

/// The tenant, and its compiled form, with what was lacking of it. `None`: it was neither known
/// before nor has it been read now.
pub(crate) fn next(
    last: Option<(&Known, &Compiled)>,
    id: TenantId,
    read: &CatchUp,
) -> Option<(Known, Compiled)> {
    let (last, compiled) = last.unzip();
    let settings = &read.settings;
    let (written, version) = (settings.world().tenants.get(&id), settings.version(id));
    let mut tenant = written.or(last.map(|last| &*last.tenant))?.clone();
    tenant.directory = last.and_then(|last| last.tenant.directory.clone());
    let mut revoked = last.map(|last| last.revoked.clone()).unwrap_or_default();
    let moved = read.people.get(&id);
    let changes = moved.map(|moved| {
        let directory = tenant.directory.get_or_insert_default();
        put(directory, &mut revoked, moved)
    });
    let compiled = compile(compiled, &tenant, written.is_some(), changes);
    let before = last.map(|last| last.people);
    let known = Known {
        tenant: Arc::new(tenant),
        version: version.or(last.map(|last| &last.version))?.clone(),
        revoked,
        people: moved
            .map(|moved| moved.until)
            .or(before)
            .unwrap_or_default(),
    };
    Some((known, compiled))
}

fn compile(
    last: Option<&Compiled>,
    tenant: &Tenant,
    settings_written: bool,
    changes: Option<Changes>,
) -> Compiled {
    let (Some(last), Some(directory)) = (last, &tenant.directory) else {
        return Compiled::compile(tenant);
    };
    let settings = settings_written.then(|| last.compile_settings(tenant));
    let last = settings.as_ref().unwrap_or(last);
    match changes {
        None => last.clone(),
        Some(Changes::Whole) => Compiled::compile(tenant),
        Some(Changes::Of { users, groups }) => last.compile_people(directory, &users, &groups),
    }
}

/// What has changed among the people, for the compiled form.
enum Changes {
    /// They are others.
    Whole,
    /// These users were put or dropped, and these groups are in other groups than before.
    Of {
        users: BTreeSet<UserId>,
        groups: BTreeSet<GroupId>,
    },
}

/// Puts what has moved onto a directory, and onto whose sessions were ended.
fn put(
    directory: &mut Directory,
    revoked: &mut Roll<UserId, Moment>,
    moved: &MovedPeople,
) -> Changes {
    if moved.whole {
        *directory = Directory::default();
        *revoked = Roll::default();
    }
    for (id, resident) in &moved.users {
        let ended = resident.as_ref().and_then(|resident| resident.revoked);
        match ended {
            Some(moment) => drop(revoked.insert(*id, moment)),
            None => drop(revoked.remove(id)),
        }
        match resident {
            Some(resident) => drop(directory.users.insert(*id, resident.user.clone())),
            None => drop(directory.users.remove(id)),
        }
    }
    let mut groups = BTreeSet::new();
    for (id, parents) in &moved.groups {
        let before = match parents {
            Some(parents) => directory.groups.insert(*id, parents.clone()),
            None => directory.groups.remove(id),
        };
        // A group that is in none is, for whoever is in it, as good as none.
        if before.unwrap_or_default() != parents.clone().unwrap_or_default() {
            groups.insert(*id);
        }
    }
    match moved.whole {
        true => Changes::Whole,
        false => Changes::Of {
            users: moved.users.iter().map(|(id, _)| *id).collect(),
            groups,
        },
    }
}

#[cfg(test)]
mod tests;
