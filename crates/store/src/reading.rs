//! Rows as they come from a database, on their way to what they mean. Both backends ask for the
//! same columns in the same order.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::settings::Policy;
use policy::target::GroupId;
use policy::tenant::TenantId;
use policy::world::User;
use signins::direction::Direction;
use signins::event::{CrossTenantAccess, TokenIssuer};

use crate::audit::{AuditRecord, AuditRow, Checkpoint, Initiator, Position};
use crate::chain::{Head, Link};
use crate::column;
use crate::deleted_users::DeletedUser;
use crate::directory::{ApplicationRow, GroupRow, Member, Person, ServicePrincipal};
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::feed::{Moved, MovedTenant};
use crate::keys::SigningKey;
use crate::people::Group;
use crate::provisioning::ProvisioningRecord;
use crate::revision::{Revision, Sequence};
use crate::rollup::{Day, RollupKey, RollupRow};
use crate::settings::{PastSettings, RevisionRow};
use crate::sign_ins::TrustClaims;
use crate::snapshot::{self, Assembly, EntityRow};
use crate::synchronization::SyncJob;
use crate::tenants::TenantRow;
use crate::text;
use crate::text::audit::InitiatorText;
use crate::text::directory::{
    ApplicationDetailsText, GroupDetailsText, ServicePrincipalText, UserDetailsText,
};
use crate::text::people::{ApplicationText, GroupText, UserText};
use crate::text::provisioning::ProvisioningText;
use crate::text::synchronization::JobText;
use crate::writing::{GroupWrite, UserWrite};

fn sequence(number: i64) -> Result<Sequence> {
    column::read_number(number).map(Sequence)
}

fn revision(number: i64) -> Result<Revision> {
    column::read_number(number).map(Revision)
}

/// hosted, directory_known, revision, moved, created, profile
pub(crate) type TenantColumns = (bool, bool, i64, i64, i64, String);

pub(crate) fn tenant(columns: TenantColumns) -> Result<TenantRow> {
    let (hosted, directory_known, number, moved, created, value) = columns;
    Ok(TenantRow {
        profile: Arc::new(snapshot::profile(&value)?),
        hosted,
        directory_known,
        revision: revision(number)?,
        moved: sequence(moved)?,
        created: column::read_moment(created),
    })
}

/// value, details, version
pub(crate) type DirectoryColumns = (String, Option<String>, i64);

pub(crate) fn person((value, details, version): DirectoryColumns) -> Result<Person> {
    let details = details.map(|text| text::read::<UserDetailsText, _>("a user", &text));
    Ok(Person {
        user: text::read::<UserText, _>("a user", &value)?,
        details: details.transpose()?.unwrap_or_default(),
        version: revision(version)?,
    })
}

pub(crate) fn group_row((value, details, version): DirectoryColumns) -> Result<GroupRow> {
    let details = details.map(|text| text::read::<GroupDetailsText, _>("a group", &text));
    Ok(GroupRow {
        group: text::read::<GroupText, _>("a group", &value)?,
        details: details.transpose()?.unwrap_or_default(),
        version: revision(version)?,
    })
}

/// value, details, version, object
pub(crate) type ApplicationColumns = (String, Option<String>, i64, Vec<u8>);

pub(crate) fn application_row(columns: ApplicationColumns) -> Result<ApplicationRow> {
    let (value, details, version, object) = columns;
    let details =
        details.map(|text| text::read::<ApplicationDetailsText, _>("an application", &text));
    Ok(ApplicationRow {
        object: column::read_id(&object)?,
        application: text::read::<ApplicationText, _>("an application", &value)?,
        details: details.transpose()?.unwrap_or_default(),
        version: revision(version)?,
    })
}

pub(crate) fn service_principal(
    (value, version): (String, i64),
) -> Result<(ServicePrincipal, Revision)> {
    let object = text::read::<ServicePrincipalText, _>("a service principal", &value)?;
    Ok((object, revision(version)?))
}

/// kind, member
pub(crate) type MemberColumns = (i16, Vec<u8>);

pub(crate) fn member((kind, id): MemberColumns) -> Result<Member> {
    match kind {
        0 => column::read_id(&id).map(Member::User),
        1 => column::read_id(&id).map(Member::Group),
        _ => Err(Error::corrupt(
            "a membership",
            format!("`{kind}` is no kind of member"),
        )),
    }
}

/// These users when they are not in that group any more.
pub(crate) fn without_group(values: Vec<String>, group: GroupId) -> Result<Vec<UserWrite>> {
    let user = |value: String| {
        let mut user: User = text::read::<UserText, _>("a user", &value)?;
        user.groups.as_mut().map(|groups| groups.remove(&group));
        UserWrite::put(&user)
    };
    values.into_iter().map(user).collect()
}

/// These groups when they are not in that group any more.
pub(crate) fn without_parent(values: Vec<String>, parent: GroupId) -> Result<Vec<GroupWrite>> {
    let group = |value: String| {
        let mut group: Group = text::read::<GroupText, _>("a group", &value)?;
        group.member_of.remove(&parent);
        GroupWrite::put(&group)
    };
    values.into_iter().map(group).collect()
}

/// id, sequence, revision, people
pub(crate) type MovedColumns = (Vec<u8>, i64, i64, i64);

pub(crate) fn moved(until: i64, tenants: Vec<MovedColumns>, facts: Option<i64>) -> Result<Moved> {
    let tenant = |(id, moved, number, people): MovedColumns| {
        Ok(MovedTenant {
            tenant: column::read_id(&id)?,
            sequence: sequence(moved)?,
            revision: revision(number)?,
            people: sequence(people)?,
        })
    };
    Ok(Moved {
        until: sequence(until)?,
        tenants: tenants.into_iter().map(tenant).collect::<Result<_>>()?,
        facts: facts.map(revision).transpose()?,
    })
}

/// revision, sequence, commit id, time, initiator, reason
pub(crate) type RevisionColumns = (i64, i64, Vec<u8>, i64, String, Option<String>);

pub(crate) fn revision_row(
    columns: RevisionColumns,
    entities: Vec<(String, Vec<u8>)>,
) -> Result<RevisionRow> {
    let (number, commit_sequence, id, time, initiator, reason) = columns;
    let entity = |(kind, partner): (String, Vec<u8>)| {
        let partner = column::read_optional_id(&partner)?;
        Entity::of(&kind, partner)
            .ok_or_else(|| Error::corrupt("an entity", format!("`{kind}` is no kind")))
    };
    let mut entities: Vec<Entity> = entities.into_iter().map(entity).collect::<Result<_>>()?;
    entities.sort_unstable();
    let initiator: Initiator = text::read::<InitiatorText, _>("who made a change", &initiator)?;
    Ok(RevisionRow {
        revision: revision(number)?,
        sequence: sequence(commit_sequence)?,
        commit: column::read_id(&id)?,
        time: column::read_moment(time),
        initiator,
        reason,
        entities,
    })
}

pub(crate) fn past_settings(number: i64, rows: Vec<EntityRow>) -> Result<PastSettings> {
    let mut assembly = Assembly::default();
    assembly.entities(rows)?;
    let (profile, policy): (_, Option<Policy>) = assembly.into_settings();
    Ok(PastSettings {
        revision: revision(number)?,
        profile: profile.ok_or_else(|| Error::corrupt("a past tenant", "it has no profile"))?,
        policy,
    })
}

/// sequence, entry, link, value
pub(crate) type AuditEntryColumns = (i64, i64, Vec<u8>, String);

pub(crate) fn audit(columns: AuditEntryColumns) -> Result<AuditRow> {
    let (number, entry, link, value) = columns;
    Ok(AuditRow {
        position: position(number, entry)?,
        record: AuditRecord::read(&value)?,
        text: value,
        link: Link::read(&link)?,
    })
}

fn position(number: i64, entry: i64) -> Result<Position> {
    Ok(Position {
        sequence: sequence(number)?,
        entry: u32::try_from(entry).map_err(|cause| Error::corrupt("an audit entry", cause))?,
    })
}

/// sequence, entry, link, entries
pub(crate) type HeadColumns = (i64, i64, Vec<u8>, i64);

/// The end of a log; none is that of a log without entries.
pub(crate) fn head(columns: Option<HeadColumns>) -> Result<Head> {
    let Some((number, entry, link, entries)) = columns else {
        return Ok(Head::default());
    };
    Ok(Head {
        position: position(number, entry)?,
        link: Link::read(&link)?,
        entries: column::read_number(entries)?,
    })
}

/// tenant, sequence, entry, value
pub(crate) type UnchainedColumns = (Vec<u8>, i64, i64, String);

/// An entry that was written before there was a chain, and where its log ends with it.
pub(crate) fn unchained(
    heads: &mut BTreeMap<Option<TenantId>, Head>,
    (tenant, number, entry, value): &UnchainedColumns,
) -> Result<Link> {
    let log = column::read_optional_id(tenant)?;
    let head = heads.entry(log).or_default();
    *head = head.with(log, position(*number, *entry)?, value);
    Ok(head.link)
}

/// tenant, sequence, time, statement
pub(crate) type CheckpointColumns = (Vec<u8>, i64, i64, String);

pub(crate) fn checkpoint(columns: CheckpointColumns) -> Result<Checkpoint> {
    let (tenant, until, time, statement) = columns;
    Ok(Checkpoint {
        tenant: column::read_optional_id(&tenant)?,
        until: sequence(until)?,
        time: column::read_moment(time),
        statement,
    })
}

/// id, purpose, sealed, public, created, retired
pub(crate) type KeyColumns = (String, String, Option<Vec<u8>>, String, i64, Option<i64>);

pub(crate) fn key(columns: KeyColumns) -> SigningKey {
    let (id, purpose, sealed, public, created, retired) = columns;
    SigningKey {
        id,
        purpose,
        sealed,
        public,
        created: column::read_moment(created),
        retired: retired.map(column::read_moment),
    }
}

/// A line of the rollup in columns, both ways.
#[derive(Clone, Debug)]
pub(crate) struct RollupColumns {
    pub(crate) day: i64,
    pub(crate) direction: i64,
    pub(crate) other: Vec<u8>,
    pub(crate) user_id: Vec<u8>,
    pub(crate) client_app: Vec<u8>,
    pub(crate) resource_app: Vec<u8>,
    pub(crate) access_type: String,
    pub(crate) token_issuer: String,
    pub(crate) claims: i64,
    pub(crate) flags: i64,
    pub(crate) error_code: i64,
    pub(crate) count: i64,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// What a rollup is read with: these columns of every line, in the order of [`RollupColumns`].
pub(crate) const ROLLUP: &str =
    "SELECT rollup.day, direction, other, user_id, client_app, resource_app,
     access_type, token_issuer, claims, flags, error_code, count, first, last ";

/// The columns of [`RollupColumns`], in its order.
pub(crate) type RollupTuple = (
    i64,
    i64,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

impl From<RollupTuple> for RollupColumns {
    fn from(columns: RollupTuple) -> Self {
        RollupColumns {
            day: columns.0,
            direction: columns.1,
            other: columns.2,
            user_id: columns.3,
            client_app: columns.4,
            resource_app: columns.5,
            access_type: columns.6,
            token_issuer: columns.7,
            claims: columns.8,
            flags: columns.9,
            error_code: columns.10,
            count: columns.11,
            first: columns.12,
            last: columns.13,
        }
    }
}

const MFA: i64 = 1;
const COMPLIANT: i64 = 2;
const HYBRID: i64 = 4;
const MASKED: i64 = 1;
const INTERACTIVE: i64 = 2;

/// The day of what happened on no known day.
pub(crate) const NO_DAY: i64 = i64::MIN;

impl RollupColumns {
    pub(crate) fn of(row: &RollupRow) -> Result<Self> {
        let RollupRow {
            key,
            count,
            first,
            last,
        } = row;
        let flag = |set: bool, bit: i64| if set { bit } else { 0 };
        let access = key.access_type.as_ref();
        let access = access.map(CrossTenantAccess::as_str).unwrap_or_default();
        Ok(RollupColumns {
            day: key.day.map_or(NO_DAY, |day| day.0.into()),
            direction: Self::direction(key.direction),
            other: column::id(key.other),
            user_id: column::optional_id(key.user),
            client_app: column::optional_id(key.client_app),
            resource_app: column::optional_id(key.resource_app),
            access_type: column::word("a cross-tenant access type", access)?.to_owned(),
            token_issuer: column::word("a token issuer", key.token_issuer.as_str())?.to_owned(),
            claims: flag(key.claims.mfa, MFA)
                | flag(key.claims.compliant_device, COMPLIANT)
                | flag(key.claims.hybrid_joined_device, HYBRID),
            flags: flag(key.masked, MASKED) | flag(key.interactive, INTERACTIVE),
            error_code: key.error_code.into(),
            count: column::number(*count),
            first: column::optional_moment("the time of a sign-in", *first)?,
            last: column::optional_moment("the time of a sign-in", *last)?,
        })
    }

    pub(crate) fn direction(direction: Direction) -> i64 {
        match direction {
            Direction::Outbound => 0,
            Direction::Inbound => 1,
        }
    }

    /// The lines in the order of their keys, which is not the order of the columns.
    pub(crate) fn read_all(rows: Vec<RollupTuple>) -> Result<Vec<RollupRow>> {
        let rows = rows.into_iter().map(RollupColumns::from);
        let mut rows: Vec<RollupRow> = rows.map(Self::read).collect::<Result<_>>()?;
        rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(rows)
    }

    pub(crate) fn read(self) -> Result<RollupRow> {
        let wrong = |cause| Error::corrupt("the rollup", cause);
        let day = match self.day {
            NO_DAY => None,
            day => Some(Day(i32::try_from(day).map_err(wrong)?)),
        };
        let key = RollupKey {
            day,
            direction: match self.direction {
                0 => Direction::Outbound,
                _ => Direction::Inbound,
            },
            other: column::read_id(&self.other)?,
            user: column::read_optional_id(&self.user_id)?,
            client_app: column::read_optional_id(&self.client_app)?,
            resource_app: column::read_optional_id(&self.resource_app)?,
            access_type: (!self.access_type.is_empty())
                .then(|| CrossTenantAccess::from_name(&self.access_type)),
            token_issuer: TokenIssuer::from_name(&self.token_issuer),
            claims: TrustClaims {
                mfa: self.claims & MFA != 0,
                compliant_device: self.claims & COMPLIANT != 0,
                hybrid_joined_device: self.claims & HYBRID != 0,
            },
            masked: self.flags & MASKED != 0,
            interactive: self.flags & INTERACTIVE != 0,
            error_code: u32::try_from(self.error_code).map_err(wrong)?,
        };
        Ok(RollupRow {
            key,
            count: column::read_number(self.count)?,
            first: column::read_optional_moment(self.first),
            last: column::read_optional_moment(self.last),
        })
    }
}

/// value, due, version
pub(crate) type JobColumns = (String, Option<i64>, i64);

pub(crate) fn sync_job((value, due, version): JobColumns) -> Result<SyncJob> {
    let job: SyncJob = text::read::<JobText, _>("a synchronization job", &value)?;
    Ok(SyncJob {
        due: due.map(column::read_moment),
        version: revision(version)?,
        ..job
    })
}

pub(crate) fn provisioning(value: String) -> Result<ProvisioningRecord> {
    text::read::<ProvisioningText, _>("a row of the provisioning log", &value)
}

/// value, details, version, deleted
pub(crate) type DeletedUserColumns = (String, Option<String>, i64, i64);

pub(crate) fn deleted_user(columns: DeletedUserColumns) -> Result<DeletedUser> {
    let (value, details, version, deleted) = columns;
    Ok(DeletedUser {
        person: person((value, details, version))?,
        deleted: column::read_moment(deleted),
    })
}
