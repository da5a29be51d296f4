//! What administrators deleted lately, so that they can take it back: partner entries, and the
//! synchronization from partners.
//!
//! They are kept beside the settings, not in them: no decision reads them, and the law of a tenant
//! does not grow by what was taken out of it. A commit that drops an entry keeps it here, whoever
//! made it, and forgets what has been here for longer than [`KEPT_NANOSECONDS`].

use async_trait::async_trait;
use policy::settings::{Partner, Policy};
use policy::tenant::TenantId;
use signins::window::Moment;

use crate::column;
use crate::error::{Error, Result};
use crate::text;
use crate::text::settings::PartnerText;

/// For how long what was deleted can be taken back: 30 days.
pub const KEPT_NANOSECONDS: i128 = 30 * 86_400 * 1_000_000_000;

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletedKind {
    /// The entry of a partner.
    Partner,
    /// The synchronization from a partner.
    Synchronization,
}

impl DeletedKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            DeletedKind::Partner => "partner",
            DeletedKind::Synchronization => "synchronization",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self> {
        match word {
            "partner" => Ok(DeletedKind::Partner),
            "synchronization" => Ok(DeletedKind::Synchronization),
            other => Err(Error::corrupt(
                "something deleted",
                format!("`{other}` is no kind"),
            )),
        }
    }
}

/// Something that was deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedItem {
    /// What it was.
    pub kind: DeletedKind,
    /// When it was deleted.
    pub deleted: Moment,
    /// The entry as it was; of synchronization nothing but that.
    pub entry: Partner,
}

/// Reads what was deleted. It is kept and forgotten by [`crate::Settings::commit`].
#[async_trait]
pub trait DeletedItems: Send + Sync {
    /// What a tenant deleted since that moment, after that partner, in the order of the partners'
    /// ids.
    async fn deleted(
        &self,
        tenant: TenantId,
        kind: DeletedKind,
        since: Moment,
        after: Option<TenantId>,
        limit: u32,
    ) -> Result<Vec<DeletedItem>>;

    /// What was deleted last about that partner, if it is still kept and was deleted since then.
    async fn deleted_item(
        &self,
        tenant: TenantId,
        kind: DeletedKind,
        since: Moment,
        partner: TenantId,
    ) -> Result<Option<DeletedItem>>;
}

/// A row: kind, when, value.
pub(crate) type DeletedColumns = (String, i64, String);

pub(crate) fn read((kind, deleted, value): DeletedColumns) -> Result<DeletedItem> {
    Ok(DeletedItem {
        kind: DeletedKind::of(&kind)?,
        deleted: column::read_moment(deleted),
        entry: text::read::<PartnerText, _>("a deleted partner", &value)?,
    })
}

/// Something that a commit deletes, as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeletedWrite {
    pub(crate) kind: DeletedKind,
    pub(crate) partner: TenantId,
    pub(crate) value: String,
}

impl DeletedWrite {
    fn of(kind: DeletedKind, entry: &Partner) -> Result<Self> {
        Ok(DeletedWrite {
            kind,
            partner: entry.tenant,
            value: text::write::<PartnerText, _>(entry)?,
        })
    }

    /// What is in the old settings and not in the new ones.
    pub(crate) fn between(old: &Policy, new: &Policy) -> Result<Vec<Self>> {
        let mut gone = Vec::new();
        for entry in old.partners.iter() {
            let stays = new.partners.get(entry.tenant);
            let synchronized = stays.is_some_and(|stays| stays.synchronization.is_some());
            if let (Some(setting), false) = (&entry.synchronization, synchronized) {
                let setting = Partner {
                    synchronization: Some(setting.clone()),
                    ..Partner::new(entry.tenant)
                };
                gone.push(DeletedWrite::of(DeletedKind::Synchronization, &setting)?);
            }
            if stays.is_none() {
                let entry = Partner {
                    synchronization: None,
                    ..entry.clone()
                };
                gone.push(DeletedWrite::of(DeletedKind::Partner, &entry)?);
            }
        }
        Ok(gone)
    }
}
