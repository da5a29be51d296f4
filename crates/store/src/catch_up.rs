//! What has been written since somebody read a tenant: what they lack, and not what they have.
//!
//! Contoso has a hundred thousand people. Adele's account is disabled, and every server that has
//! Contoso in memory reads Adele.

use std::collections::{BTreeMap, BTreeSet};

use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::User;
use signins::window::Moment;

use crate::column;
use crate::error::Result;
use crate::people::Group;
use crate::revision::{Revision, Sequence};
use crate::snapshot::Snapshot;
use crate::text;
use crate::text::people::{GroupText, UserText};

/// How much of a tenant somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its settings, as of that revision.
    pub revision: Revision,
    /// Its people, as of that write.
    pub people: Sequence,
}

/// What is lacking.
#[derive(Clone, Debug)]
pub struct CatchUp {
    /// The tenants whose settings have moved, or of which nothing was held; without people.
    pub settings: Snapshot,
    /// The people of every tenant where they have moved, or of which nothing was held. A tenant
    /// whose directory is not known has none.
    pub people: BTreeMap<TenantId, MovedPeople>,
}

/// People and groups that have changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovedPeople {
    /// The last write to the tenant's people.
    pub until: Sequence,
    /// These are all there are, and what was held does not count any more.
    pub whole: bool,
    /// Users as they are; `None`: gone.
    pub users: Vec<(UserId, Option<Resident>)>,
    /// Groups and the groups they are in; `None`: gone.
    pub groups: Vec<(GroupId, Option<BTreeSet<GroupId>>)>,
}

/// A user, and what else memory has to know about them.
#[derive(Clone, Debug, PartialEq)]
pub struct Resident {
    /// What decisions look at.
    pub user: User,
    /// When their sessions were ended.
    pub revoked: Option<Moment>,
}

/// id, value, the end of the sessions
pub(crate) type MovedUserColumns = (Vec<u8>, Option<String>, Option<i64>);

/// id, value
pub(crate) type MovedGroupColumns = (Vec<u8>, Option<String>);

/// What of a tenant has to be read: its settings, and its people, all of them or since a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    pub(crate) settings: bool,
    pub(crate) people: Option<Since>,
}

/// Which people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    Everybody,
    Write(i64),
}

impl Lack {
    /// What is lacking of a tenant that stands there.
    pub(crate) fn of(held: Option<Held>, revision: i64, people: i64, directory: bool) -> Self {
        let stands = |number: u64, at: i64| column::number(number) == at;
        let lacking = match held {
            Some(held) if stands(held.people.0, people) => None,
            // Before the first write there was no directory, so nobody is held.
            Some(held) if held.people > Sequence(0) => {
                Some(Since::Write(column::number(held.people.0)))
            }
            _ => Some(Since::Everybody),
        };
        Lack {
            settings: held.is_none_or(|held| !stands(held.revision.0, revision)),
            people: lacking.filter(|_| directory),
        }
    }
}

impl MovedPeople {
    pub(crate) fn read(
        until: i64,
        since: Since,
        users: Vec<MovedUserColumns>,
        groups: Vec<MovedGroupColumns>,
    ) -> Result<Self> {
        let user = |(id, value, revoked): MovedUserColumns| {
            let resident = |value: String| -> Result<Resident> {
                Ok(Resident {
                    user: text::read::<UserText, _>("a user", &value)?,
                    revoked: revoked.map(column::read_moment),
                })
            };
            Ok((column::read_id(&id)?, value.map(resident).transpose()?))
        };
        let group = |(id, value): MovedGroupColumns| {
            let parents = |value: String| -> Result<BTreeSet<GroupId>> {
                let group: Group = text::read::<GroupText, _>("a group", &value)?;
                Ok(group.member_of)
            };
            Ok((column::read_id(&id)?, value.map(parents).transpose()?))
        };
        Ok(MovedPeople {
            until: Sequence(column::read_number(until)?),
            whole: since == Since::Everybody,
            users: users.into_iter().map(user).collect::<Result<_>>()?,
            groups: groups.into_iter().map(group).collect::<Result<_>>()?,
        })
    }
}
