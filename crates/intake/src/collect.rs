//! What one helper makes of rows: what each says, whether it counts, and the behaviours so far.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Mutex;

use hashbrown::{DefaultHashBuilder, HashSet};
use policy::row::TENANT_RESTRICTION;
use policy::tenant::TenantId;
use serde::Deserialize;
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::window::Window;

use crate::cells::{Cell, Cells};
use crate::column::{COLUMNS, Column};
use crate::error::Refusal;
use crate::intern::{Code, Texts, guid};
use crate::log::{Key, Log, NEVER, Times, Traits};
use crate::moment::{self, Nanoseconds, Zone};
use crate::told::{Fault, Told};

/// A longer value is no name.
pub(crate) const LONGEST_VALUE: usize = 64 * 1024;

/// The ids that came before, for all helpers: in parts, so that they seldom wait for one another.
#[derive(Debug)]
pub(crate) struct SeenIds {
    parts: Vec<Mutex<HashSet<u128>>>,
    hashers: [DefaultHashBuilder; 2],
}

const PARTS: usize = 256;

impl SeenIds {
    pub(crate) fn new() -> Self {
        SeenIds {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            hashers: [DefaultHashBuilder::default(), DefaultHashBuilder::default()],
        }
    }

    /// 128 bits that stand for an id: the id itself if it is a GUID.
    fn bits(&self, id: &str) -> u128 {
        guid(id).unwrap_or_else(|| {
            let [one, other] = &self.hashers;
            (u128::from(one.hash_one(id)) << 64) | u128::from(other.hash_one(id))
        })
    }

    /// Whether the id comes for the first time.
    fn is_new(&self, id: &str) -> bool {
        let bits = self.bits(id);
        // All bits take part, since ids of one writer may share their ends.
        let [one, _] = &self.hashers;
        let part = usize::try_from(one.hash_one(bits) % 256).unwrap_or_default();
        let Some(part) = self.parts.get(part) else {
            return true;
        };
        let mut part = part.lock().unwrap_or_else(|poison| poison.into_inner());
        part.insert(bits)
    }
}

/// What all helpers need to know.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) local: TenantId,
    pub(crate) window: Window,
    pub(crate) seen: SeenIds,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Counted(Key, Times),
    Outside(u64),
    Duplicate,
}

/// One helper's part of the work.
#[derive(Debug)]
pub(crate) struct Collector<'f> {
    frame: &'f Frame,
    pub(crate) log: Log,
    pub(crate) told: Told,
    statuses: Statuses,
    local: Code,
    /// The access type of whoever stayed at home.
    none: Code,
}

/// What texts of `status` say, since few differ.
#[derive(Debug, Default)]
struct Statuses {
    written: Texts,
    meant: Vec<Result<(Option<u32>, Code), Refusal>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusText<'a> {
    error_code: Option<u32>,
    #[serde(borrow)]
    failure_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceText<'a> {
    is_compliant: Option<bool>,
    #[serde(borrow)]
    trust_type: Option<Cow<'a, str>>,
}

impl<'f> Collector<'f> {
    pub(crate) fn new(frame: &'f Frame) -> Self {
        let mut log = Log::default();
        let local = log.ids.of(frame.local.as_u128());
        let none = log.accesses.code("none", access);
        Collector {
            frame,
            log,
            told: Told::default(),
            statuses: Statuses::default(),
            local,
            none,
        }
    }

    /// Counts a row, or lists why it cannot be.
    pub(crate) fn row(&mut self, cells: &Cells<'_>, place: impl FnOnce() -> Fault) {
        match self.judge(cells) {
            Ok(fate) => {
                self.name_of_home(cells, fate);
                self.settle(fate);
            }
            Err(refusal) => self.refuse(refusal, place()),
        }
    }

    fn settle(&mut self, fate: Fate) {
        match fate {
            Fate::Duplicate => {
                self.told.rows += 1;
                self.told.duplicates += 1;
            }
            Fate::Outside(count) => {
                self.told.rows += count;
                self.told.outside += count;
            }
            Fate::Counted(key, times) => {
                self.told.rows += times.count;
                self.told.counted += times.count;
                if key.home_tenant == 0 && key.resource_tenant == 0 {
                    self.told.nowhere += times.count;
                } else if self.is_foreign(&key) {
                    self.told.foreign += times.count;
                }
                self.log.add(key, times);
            }
        }
    }

    /// Whether somebody crossed between two other tenants. The masked row of tenant restrictions
    /// did not (S15.6).
    fn is_foreign(&self, key: &Key) -> bool {
        let is_other = |tenant: Code| tenant != 0 && tenant != self.local;
        let is_masked = || {
            key.user_principal_name == 0
                && self.log.texts.get(key.user_display_name) == Some(TENANT_RESTRICTION)
        };
        is_other(key.home_tenant)
            && is_other(key.resource_tenant)
            && key.access_type != self.none
            && !is_masked()
    }

    /// Remembers what the log calls the home tenant; the last name of several stays.
    fn name_of_home(&mut self, cells: &Cells<'_>, fate: Fate) {
        let (Fate::Counted(key, _), Cell::Text(name)) = (fate, cells.get(Column::HomeTenantName))
        else {
            return;
        };
        if key.home_tenant != 0 && name.len() <= LONGEST_VALUE && !says_nothing(name) {
            let name = self.log.texts.code(name);
            self.log.tenant_names.insert(key.home_tenant, name);
        }
    }

    /// Lists a row that cannot be read.
    pub(crate) fn refuse(&mut self, refusal: Refusal, place: Fault) {
        self.told.rows += 1;
        self.told.unreadable += 1;
        let why = refusal.to_string();
        self.told.fault(Fault { why, ..place });
    }

    fn judge(&mut self, cells: &Cells<'_>) -> Result<Fate, Refusal> {
        let known = [
            Column::HomeTenant,
            Column::ResourceTenant,
            Column::AccessType,
            Column::TokenIssuer,
            Column::User,
            Column::UserPrincipalName,
            Column::ClientAppName,
            Column::ResourceApp,
            Column::ResourceIdentity,
        ];
        if !known.iter().any(|column| cells.says(*column)) {
            return Err(Refusal::NotASignIn);
        }
        let times = times(cells)?;
        let (error_code, failure_reason) = self.outcome(cells)?;
        let key = self.key(cells, error_code, failure_reason)?;
        if !self.is_inside(times) {
            return Ok(Fate::Outside(times.count));
        }
        match cells.get(Column::Id) {
            Cell::Text(id) if !cells.says(Column::Count) && !self.frame.seen.is_new(id) => {
                Ok(Fate::Duplicate)
            }
            _ => Ok(Fate::Counted(key, times)),
        }
    }

    fn is_inside(&self, times: Times) -> bool {
        let Window { from, until } = self.frame.window;
        if times.first == NEVER {
            return true;
        }
        until.is_none_or(|until| moment::moment(times.first) <= until)
            && from.is_none_or(|from| from <= moment::moment(times.last))
    }

    fn key(
        &mut self,
        cells: &Cells<'_>,
        error_code: u32,
        failure_reason: Code,
    ) -> Result<Key, Refusal> {
        let traits = traits(cells)?;
        let mut id = |column| self.id(cells, column);
        let (home_tenant, resource_tenant) = (id(Column::HomeTenant)?, id(Column::ResourceTenant)?);
        let (user, client_app) = (id(Column::User)?, id(Column::ClientApp)?);
        let resource_app = match id(Column::ResourceIdentity)? {
            0 => id(Column::ResourceApp)?,
            identity => identity,
        };
        let mut name = |column| self.name(cells, column);
        Ok(Key {
            home_tenant,
            resource_tenant,
            user,
            client_app,
            resource_app,
            user_principal_name: name(Column::UserPrincipalName)?,
            user_display_name: name(Column::UserDisplayName)?,
            client_app_name: name(Column::ClientAppName)?,
            resource_app_name: name(Column::ResourceAppName)?,
            failure_reason,
            access_type: match cells.get(Column::AccessType) {
                Cell::Text(text) => self.log.accesses.code(text, access),
                _ => 0,
            },
            token_issuer: match cells.get(Column::TokenIssuer) {
                Cell::Text(text) => self.log.issuers.code(text, issuer),
                _ => 0,
            },
            error_code,
            traits,
        })
    }

    fn id(&mut self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        match cells.get(column) {
            Cell::Nothing => Ok(0),
            // Azure Monitor's ResourceId is the address of the directory, not an application.
            Cell::Text(text) if column == Column::ResourceApp && text.starts_with('/') => Ok(0),
            Cell::Text(text) => match self.log.ids.code(text) {
                Some(code) => Ok(code),
                None if says_nothing(text) => Ok(0),
                None => Err(Refusal::NotId {
                    column,
                    value: text.to_string(),
                }),
            },
            _ => Err(Refusal::NotText(column)),
        }
    }

    fn name(&mut self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        match cells.get(column) {
            Cell::Nothing => Ok(0),
            Cell::Text(text) if text.len() > LONGEST_VALUE => Err(Refusal::LongValue {
                column,
                limit: LONGEST_VALUE,
            }),
            Cell::Text(text) => Ok(self.log.texts.code(text)),
            _ => Err(Refusal::NotText(column)),
        }
    }

    /// The error code, and why it failed.
    fn outcome(&mut self, cells: &Cells<'_>) -> Result<(u32, Code), Refusal> {
        let mut reason = self.name(cells, Column::FailureReason)?;
        let mut code = self::code(cells, Column::ErrorCode)?;
        let mut word = None;
        if let Cell::Text(status) = cells.get(Column::Status) {
            match status.starts_with('{') {
                true if code.is_none() => {
                    let (of_status, why) = self.status(status)?;
                    code = of_status;
                    reason = if reason == 0 { why } else { reason };
                }
                true => {}
                false => word = Some(status),
            }
        }
        if code.is_none() {
            code = self::code(cells, Column::ResultType)?;
        }
        if reason == 0 {
            reason = self.name(cells, Column::ResultDescription)?;
        }
        let succeeded = |word: &Cow<'_, str>| word.eq_ignore_ascii_case("Success");
        let code = match (code, word) {
            (Some(code), _) => code,
            (None, Some(word)) if succeeded(word) => 0,
            (None, _) => return Err(Refusal::NoOutcome),
        };
        // Whatever the log wrote there, a success has no reason to fail (S17.6).
        Ok((code, if code == 0 { 0 } else { reason }))
    }

    /// What a `status` says that is JSON as text.
    fn status(&mut self, text: &str) -> Result<(Option<u32>, Code), Refusal> {
        let writing = self.statuses.written.code(text);
        let index = writing.saturating_sub(1) as usize;
        if let Some(known) = self.statuses.meant.get(index) {
            return known.clone();
        }
        let read: Result<StatusText<'_>, _> = serde_json::from_str(text);
        let meant = match read {
            Ok(status) => {
                let reason = status.failure_reason.unwrap_or_default();
                Ok((status.error_code, self.log.texts.code(&reason)))
            }
            Err(_) => Err(Refusal::NotCode {
                column: Column::Status,
                value: text.to_owned(),
            }),
        };
        self.statuses.meant.push(meant.clone());
        meant
    }
}

/// What downloads write where there is nothing.
fn says_nothing(text: &str) -> bool {
    ["None", "null", "N/A", "-"].contains(&text.trim())
}

fn access(text: &str) -> CrossTenantAccess {
    CrossTenantAccess::from_name(&closed(text))
}

fn issuer(text: &str) -> TokenIssuer {
    let name = closed(text);
    match name.eq_ignore_ascii_case("MicrosoftEntraID") {
        true => TokenIssuer::AzureAd,
        false => TokenIssuer::from_name(&name),
    }
}

/// The portal writes "B2B collaboration" and "Azure AD" where Graph writes one word.
fn closed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn code(cells: &Cells<'_>, column: Column) -> Result<Option<u32>, Refusal> {
    let wrong = |value: String| Refusal::NotCode { column, value };
    match cells.get(column) {
        Cell::Nothing => Ok(None),
        Cell::Number(number) => match u32::try_from(*number) {
            Ok(code) => Ok(Some(code)),
            Err(_) => Err(wrong(number.to_string())),
        },
        Cell::Text(text) if says_nothing(text) => Ok(None),
        Cell::Text(text) if text.trim().eq_ignore_ascii_case("Success") => Ok(Some(0)),
        Cell::Text(text) => match text.trim().parse() {
            Ok(code) => Ok(Some(code)),
            Err(_) => Err(wrong(text.to_string())),
        },
        _ => Err(Refusal::NotText(column)),
    }
}

fn flag(cells: &Cells<'_>, column: Column) -> Result<Option<bool>, Refusal> {
    match cells.get(column) {
        Cell::Nothing => Ok(None),
        Cell::Flag(flag) => Ok(Some(*flag)),
        Cell::Number(number) => Ok(Some(*number != 0)),
        Cell::Text(text) => {
            let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
            match (is(["true", "yes"]), is(["false", "no"])) {
                (true, _) => Ok(Some(true)),
                (_, true) => Ok(Some(false)),
                _ if says_nothing(text) => Ok(None),
                _ => Err(Refusal::NotFlag {
                    column,
                    value: text.to_string(),
                }),
            }
        }
        Cell::Time(_) => Err(Refusal::NotText(column)),
    }
}

fn traits(cells: &Cells<'_>) -> Result<Traits, Refusal> {
    let mut interactive = flag(cells, Column::IsInteractive)?;
    if interactive.is_none()
        && let Cell::Text(types) = cells.get(Column::EventTypes)
    {
        // A word of its own, beside `nonInteractiveUser`.
        let mut types = types.split(|c: char| !c.is_alphanumeric());
        interactive = Some(types.any(|name| name.eq_ignore_ascii_case("interactiveUser")));
    }
    if interactive.is_none()
        && let Cell::Text(category) = cells.get(Column::Category)
        && category.contains("NonInteractive")
    {
        interactive = Some(false);
    }
    let member = match cells.get(Column::UserType) {
        Cell::Text(text) if text.eq_ignore_ascii_case("member") => Some(true),
        Cell::Text(text) if text.eq_ignore_ascii_case("guest") => Some(false),
        // A value that says something else: neither.
        _ => None,
    };
    let mut compliant = flag(cells, Column::IsCompliant)?.unwrap_or(false);
    let mut hybrid = match cells.get(Column::TrustType) {
        Cell::Text(text) => text.starts_with("Hybrid"),
        _ => false,
    };
    if let Cell::Text(text) = cells.get(Column::DeviceDetail)
        && text.starts_with('{')
        && let Ok(device) = serde_json::from_str::<DeviceText<'_>>(text)
    {
        compliant |= device.is_compliant.unwrap_or(false);
        hybrid |= device
            .trust_type
            .is_some_and(|text| text.starts_with("Hybrid"));
    }
    Ok(Traits {
        interactive,
        member,
        compliant,
        hybrid,
    })
}

fn times(cells: &Cells<'_>) -> Result<Times, Refusal> {
    let at = |column, zone| time(cells.get(column), column, zone);
    let count = match cells.get(Column::Count) {
        Cell::Nothing => None,
        Cell::Number(count) if *count > 0 => u64::try_from(*count).ok(),
        Cell::Text(text) => match text.trim().parse() {
            Ok(count) if count > 0 => Some(count),
            _ => return Err(Refusal::NotCount(text.to_string())),
        },
        other => return Err(Refusal::NotCount(format!("{other:?}"))),
    };
    if let Some(count) = count {
        // A rollup is made by a query that says UTC.
        let first = at(Column::First, Zone::Utc)?;
        let last = at(Column::Last, Zone::Utc)?;
        return Ok(Times {
            count,
            first: first.or(last).unwrap_or(NEVER),
            last: last.or(first).unwrap_or(NEVER),
        });
    }
    let mut moment = at(Column::CreatedUtc, Zone::Utc)?;
    if moment.is_none() {
        moment = at(Column::Created, Zone::Named)?;
    }
    if moment.is_none() {
        moment = at(Column::Generated, Zone::Utc)?;
    }
    let moment = moment.unwrap_or(NEVER);
    Ok(Times {
        count: 1,
        first: moment,
        last: moment,
    })
}

fn time(cell: &Cell<'_>, column: Column, zone: Zone) -> Result<Option<Nanoseconds>, Refusal> {
    match cell {
        Cell::Nothing => Ok(None),
        Cell::Time(nanoseconds) => Ok(Some(*nanoseconds)),
        Cell::Text(text) => moment::read(text, zone).map(Some),
        _ => Err(Refusal::NotText(column)),
    }
}

const _: () = assert!(COLUMNS < 64, "a row is cleared for each row that is read");
