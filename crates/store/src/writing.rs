//! A commit worked out in full: what a backend checks and writes, row by row. Everything is known
//! before the transaction begins, except the sequence.

use std::collections::{BTreeMap, BTreeSet};

use policy::target::{GroupId, UserId};
use policy::tenant::{Domain, TenantId};
use policy::world::{External, User, UserType};

use crate::audit::{AuditRecord, Position};
use crate::chain::{Head, Link};
use crate::change::{Committed, Stamp};
use crate::column;
use crate::deleted::{DeletedKind, DeletedWrite};
use crate::difference::Written;
use crate::error::{Error, Result, Subject};
use crate::people::Group;
use crate::revision::{Revision, Sequence};
use crate::sign_ins::SignInRecord;
use crate::text;
use crate::text::audit::{AuditText, InitiatorText};
use crate::text::people::{GroupText, UserText};
use crate::text::sign_in::SignInText;

/// What must still be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) revision: Revision,
    /// Also the people, when people change.
    pub(crate) people: Option<Sequence>,
}

impl Check {
    /// Compares with what the database has.
    pub(crate) fn against(&self, tenant: TenantId, revision: i64, people: i64) -> Result<()> {
        let conflict = |of, expected, found| Error::Conflict {
            of,
            expected,
            found,
        };
        let found = column::read_number(revision)?;
        if found != self.revision.0 {
            return Err(conflict(Subject::Tenant(tenant), self.revision.0, found));
        }
        let found = column::read_number(people)?;
        match self.people {
            Some(people) if people.0 != found => {
                Err(conflict(Subject::People(tenant), people.0, found))
            }
            _ => Ok(()),
        }
    }
}

/// Compares the version of an object with what the database has. Without an expectation there must
/// be none yet.
pub(crate) fn expect(of: Subject, expected: Option<Revision>, found: Option<i64>) -> Result<()> {
    let found = found.map(column::read_number).transpose()?;
    match (expected, found) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Error::Taken(of)),
        (Some(expected), found) if found == Some(expected.0) => Ok(()),
        (Some(expected), found) => Err(Error::Conflict {
            of,
            expected: expected.0,
            found: found.unwrap_or(0),
        }),
    }
}

/// A tenant that must not be there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Creation {
    pub(crate) tenant: TenantId,
}

/// A user object as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserWrite {
    pub(crate) id: UserId,
    /// `None`: the object is dropped, if it is there.
    pub(crate) row: Option<UserRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserRow {
    /// In lower case, for the search by address.
    pub(crate) name: String,
    /// What the order by display name looks at.
    pub(crate) display: String,
    pub(crate) guest: bool,
    pub(crate) mail: Option<String>,
    pub(crate) home_tenant: Vec<u8>,
    pub(crate) home_user: Vec<u8>,
    /// The groups the user says to be in.
    pub(crate) groups: Vec<Vec<u8>>,
    pub(crate) value: String,
}

impl UserWrite {
    pub(crate) fn put(user: &User) -> Result<Self> {
        let folded = |what, address: &str| -> Result<String> {
            let address = address.to_lowercase();
            column::word(what, &address)?;
            Ok(address)
        };
        let (home_tenant, home_user) = match &user.external {
            Some(External::Tenant {
                home_tenant,
                home_user,
            }) => (column::id(*home_tenant), column::id(*home_user)),
            Some(External::Providers(_)) | None => (Vec::new(), Vec::new()),
        };
        let mail = user.mail.as_deref();
        let groups = user.groups.iter().flatten();
        Ok(UserWrite {
            id: user.id,
            row: Some(UserRow {
                name: folded("a user principal name", &user.user_principal_name)?,
                mail: mail
                    .map(|mail| folded("a mail address", mail))
                    .transpose()?,
                display: column::order_key(user.display_name.as_deref().unwrap_or_default()),
                guest: user.user_type == UserType::Guest,
                home_tenant,
                home_user,
                groups: groups.map(|group| column::id(*group)).collect(),
                value: text::write::<UserText, _>(user)?,
            }),
        })
    }

    pub(crate) fn drop(id: UserId) -> Self {
        UserWrite { id, row: None }
    }

    /// The users of a list in the order of their ids; of two with the same id the later counts.
    pub(crate) fn all(users: &[User]) -> Result<Vec<Self>> {
        let users: BTreeMap<UserId, &User> = users.iter().map(|user| (user.id, user)).collect();
        users.into_values().map(Self::put).collect()
    }
}

/// A group as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupWrite {
    pub(crate) id: GroupId,
    /// What the order by display name looks at.
    pub(crate) display: String,
    /// The groups it says to be in.
    pub(crate) parents: Vec<Vec<u8>>,
    pub(crate) value: String,
}

impl GroupWrite {
    pub(crate) fn put(group: &Group) -> Result<Self> {
        Ok(GroupWrite {
            id: group.id,
            display: column::order_key(group.display_name.as_deref().unwrap_or_default()),
            parents: group.member_of.iter().map(|id| column::id(*id)).collect(),
            value: text::write::<GroupText, _>(group)?,
        })
    }

    /// The groups of a list in the order of their ids; of two with the same id the later counts.
    pub(crate) fn all(groups: &[Group]) -> Result<Vec<Self>> {
        let groups = groups.iter().map(|group| (group.id, group));
        let groups: BTreeMap<GroupId, &Group> = groups.collect();
        groups.into_values().map(Self::put).collect()
    }
}

/// What is written about one tenant.
#[derive(Clone, Debug)]
pub(crate) struct TenantWrite {
    pub(crate) tenant: TenantId,
    /// The revision after the commit.
    pub(crate) revision: Revision,
    /// Whether that is a new one.
    pub(crate) advances: bool,
    /// It has a policy from now on, if it had none.
    pub(crate) hosted: bool,
    /// All its domains, if they are written.
    pub(crate) domains: Option<BTreeSet<Domain>>,
    pub(crate) written: Vec<Written>,
    pub(crate) users: Vec<UserWrite>,
    pub(crate) groups: Vec<GroupWrite>,
    pub(crate) people_change: bool,
    /// What the commit drops from the settings.
    pub(crate) deleted: Vec<DeletedWrite>,
    /// What was dropped before, and cannot be taken back any more.
    pub(crate) forgotten: Vec<(DeletedKind, TenantId)>,
}

/// A commit worked out in full.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) stamp: Stamp,
    pub(crate) checks: BTreeMap<TenantId, Check>,
    pub(crate) facts: Option<(Revision, String)>,
    pub(crate) creations: Vec<Creation>,
    // INVARIANT (by id): in the order of the tenants' ids, which is the order of locking.
    pub(crate) tenants: Vec<TenantWrite>,
    pub(crate) audit: Vec<AuditRecord>,
}

impl Plan {
    /// Whether every value fits its column, before anything is asked of a database.
    pub(crate) fn check(&self) -> Result<()> {
        column::moment("the time of a change", self.stamp.time)?;
        column::long_word(
            "the reason of a change",
            self.stamp.reason.as_deref().unwrap_or_default(),
        )?;
        self.audit
            .iter()
            .try_for_each(|record| AuditColumns::of(record).map(drop))
    }

    /// Compares the revision of the shared facts with what the database has.
    pub(crate) fn check_facts(&self, expected: Revision, found: i64) -> Result<()> {
        let found = column::read_number(found)?;
        match found == expected.0 {
            true => Ok(()),
            false => Err(Error::Conflict {
                of: Subject::Facts,
                expected: expected.0,
                found,
            }),
        }
    }

    /// The domains that are taken, in the order of their names: the order of locking.
    pub(crate) fn domains(&self) -> Vec<(&Domain, TenantId)> {
        let tenants = self.tenants.iter();
        let pairs = tenants.flat_map(|write| {
            let domains = write.domains.iter().flatten();
            domains.map(|domain| (domain, write.tenant))
        });
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        pairs
    }

    pub(crate) fn initiator(&self) -> Result<String> {
        text::write::<InitiatorText, _>(&self.stamp.initiator)
    }

    pub(crate) fn committed(&self, sequence: i64) -> Result<Committed> {
        let tenants = self.tenants.iter();
        Ok(Committed {
            sequence: Sequence(column::read_number(sequence)?),
            revisions: tenants
                .map(|write| (write.tenant, write.revision))
                .collect(),
        })
    }
}

/// An audit entry as a row.
pub(crate) struct AuditColumns {
    pub(crate) tenant: Vec<u8>,
    pub(crate) id: Vec<u8>,
    pub(crate) time: i64,
    pub(crate) category: String,
    pub(crate) activity: String,
    pub(crate) actor: String,
    pub(crate) correlation: Vec<u8>,
    pub(crate) value: String,
}

impl AuditColumns {
    /// The entries of one write, with their places in it, chained onto the ends of their logs.
    pub(crate) fn chained(
        heads: &mut BTreeMap<Option<TenantId>, Head>,
        sequence: i64,
        records: &[AuditRecord],
    ) -> Result<Vec<(u32, Self, Link)>> {
        let sequence = Sequence(column::read_number(sequence)?);
        let records = (0..).zip(records);
        let rows = records.map(|(entry, record)| {
            let row = AuditColumns::of(record)?;
            let head = heads.entry(record.tenant).or_default();
            *head = head.with(record.tenant, Position { sequence, entry }, &row.value);
            Ok((entry, row, head.link))
        });
        rows.collect()
    }

    pub(crate) fn of(record: &AuditRecord) -> Result<Self> {
        let actor = record.initiator.who.actor().word();
        column::word("the name of an operator", &actor)?;
        Ok(AuditColumns {
            tenant: column::optional_id(record.tenant),
            id: column::id(record.id),
            time: column::moment("the time of an audit entry", record.time)?,
            category: column::word("the category of an audit entry", &record.category)?.to_owned(),
            activity: column::word("the activity of an audit entry", &record.activity)?.to_owned(),
            actor,
            correlation: column::id(record.correlation),
            value: text::write::<AuditText, _>(record)?,
        })
    }
}

/// A sign-in as a row.
pub(crate) struct SignInColumns {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) home_tenant: Vec<u8>,
    pub(crate) resource_tenant: Vec<u8>,
    pub(crate) user_id: Vec<u8>,
    pub(crate) client_app: Vec<u8>,
    pub(crate) resource_app: Vec<u8>,
    pub(crate) error_code: i64,
    pub(crate) correlation: Option<String>,
    pub(crate) value: String,
    /// In lower case, for the search. One that is too long for it cannot be searched for.
    pub(crate) user_name: Option<String>,
}

impl SignInColumns {
    /// Whether the words and the time of a row can be kept.
    pub(crate) fn check(record: &SignInRecord) -> Result<()> {
        column::word("the id of a sign-in", &record.sign_in.id)?;
        column::optional_moment("the time of a sign-in", record.sign_in.created)?;
        if let Some(correlation) = &record.correlation {
            column::word("a correlation id", correlation)?;
        }
        Ok(())
    }

    pub(crate) fn of(record: &SignInRecord) -> Result<Self> {
        let sign_in = &record.sign_in;
        let correlation = record.correlation.as_deref();
        let correlation = correlation.map(|text| column::word("a correlation id", text));
        let user_name = sign_in.user_principal_name.as_deref();
        let user_name = user_name.map(str::to_lowercase);
        Ok(SignInColumns {
            id: column::word("the id of a sign-in", &sign_in.id)?.to_owned(),
            created: column::optional_moment("the time of a sign-in", sign_in.created)?,
            home_tenant: column::optional_id(sign_in.home_tenant),
            resource_tenant: column::optional_id(sign_in.resource_tenant),
            user_id: column::optional_id(sign_in.user),
            client_app: column::optional_id(sign_in.client_app),
            resource_app: column::optional_id(sign_in.resource_app),
            error_code: sign_in.error_code.into(),
            correlation: correlation.transpose()?.map(str::to_owned),
            value: text::write::<SignInText, _>(record)?,
            user_name: user_name.filter(|name| column::word("a user principal name", name).is_ok()),
        })
    }

    /// A batch as rows, in the order of their ids, each id once: the order in which they are
    /// locked, so that batches that overlap wait for each other and not in a circle.
    pub(crate) fn batch(rows: &[SignInRecord]) -> Result<BTreeMap<String, (Self, &SignInRecord)>> {
        let mut batch = BTreeMap::new();
        for record in rows {
            let columns = SignInColumns::of(record)?;
            batch.entry(columns.id.clone()).or_insert((columns, record));
        }
        Ok(batch)
    }
}
