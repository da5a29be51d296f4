//! Behaviours, each once, in little memory: names and ids by number, and a line of numbers each.

use std::num::NonZeroUsize;

use hashbrown::HashMap;
use policy::row::TENANT_RESTRICTION;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use signins::behaviour::TrustClaims;
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::observation::Observation;

use crate::intern::{Code, Ids, Texts, Words};
use crate::moment::{Nanoseconds, moment};

/// What rows of one behaviour have in common; 0 where the log does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) home_tenant: Code,
    pub(crate) resource_tenant: Code,
    pub(crate) user: Code,
    pub(crate) client_app: Code,
    pub(crate) resource_app: Code,
    pub(crate) user_principal_name: Code,
    pub(crate) user_display_name: Code,
    pub(crate) client_app_name: Code,
    pub(crate) resource_app_name: Code,
    pub(crate) failure_reason: Code,
    pub(crate) access_type: Code,
    pub(crate) token_issuer: Code,
    pub(crate) error_code: u32,
    pub(crate) traits: Traits,
}

/// How many numbers a key has.
const PARTS: usize = 14;

impl Key {
    /// All of it, one number after the other.
    pub(crate) fn bytes(&self) -> [u8; PARTS * 4] {
        let parts: [u32; PARTS] = [
            self.home_tenant,
            self.resource_tenant,
            self.user,
            self.client_app,
            self.resource_app,
            self.user_principal_name,
            self.user_display_name,
            self.client_app_name,
            self.resource_app_name,
            self.failure_reason,
            self.access_type,
            self.token_issuer,
            self.error_code,
            self.traits.bits().into(),
        ];
        let mut bytes = [0; PARTS * 4];
        for (place, part) in bytes.chunks_exact_mut(4).zip(parts) {
            place.copy_from_slice(&part.to_le_bytes());
        }
        bytes
    }
}

/// What is yes, no or not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) interactive: Option<bool>,
    /// Member or guest.
    pub(crate) member: Option<bool>,
    /// The home tenant vouched for multifactor authentication. No log in a file says so: a row says
    /// what was asked for.
    pub(crate) mfa: bool,
    pub(crate) compliant: bool,
    pub(crate) hybrid: bool,
}

/// No row says when.
pub(crate) const NEVER: Nanoseconds = Nanoseconds::MIN;

/// A behaviour, and how often it happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) key: Key,
    pub(crate) times: Times,
}

/// How often, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) count: u64,
    /// [`NEVER`] when nobody says.
    pub(crate) first: Nanoseconds,
    /// [`NEVER`] when nobody says.
    pub(crate) last: Nanoseconds,
}

impl Times {
    /// Not at all.
    pub(crate) const NONE: Times = Times {
        count: 0,
        first: NEVER,
        last: NEVER,
    };

    pub(crate) fn add(&mut self, other: Times) {
        self.count += other.count;
        self.first = match (self.first, other.first) {
            (NEVER, time) | (time, NEVER) => time,
            (one, other) => one.min(other),
        };
        self.last = self.last.max(other.last);
    }
}

impl Traits {
    /// All of them in one byte.
    pub(crate) fn bits(self) -> u8 {
        let three = |flag: Option<bool>| flag.map_or(0, |flag| 1 + u8::from(flag));
        three(self.interactive)
            | three(self.member) << 2
            | u8::from(self.compliant) << 4
            | u8::from(self.hybrid) << 5
            | u8::from(self.mfa) << 6
    }
}

/// The sign-ins that were read: every distinct behaviour, once.
#[derive(Debug)]
pub struct Log {
    pub(crate) ids: Ids,
    pub(crate) texts: Texts,
    /// What has not happened is no behaviour.
    pub(crate) lines: Vec<Line>,
    /// What the log calls tenants, by the numbers of id and text.
    pub(crate) tenant_names: HashMap<Code, Code>,
    pub(crate) accesses: Words<CrossTenantAccess>,
    pub(crate) issuers: Words<TokenIssuer>,
}

impl Log {
    /// How many behaviours there are.
    pub fn len(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| line.times.count > 0)
            .count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines there are, whether what they say has happened or not.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Counts rows; what has happened stands in the order of the lines.
    pub(crate) fn count(&mut self, happened: &[Times]) {
        for (line, times) in self.lines.iter_mut().zip(happened) {
            line.times.add(*times);
        }
    }

    /// How many rows crossed between two other tenants. The masked row of tenant restrictions did
    /// not (S15.6).
    pub(crate) fn foreign(&self, local: TenantId) -> u64 {
        // A tenant that no row names has no number, and no tenant has number 0.
        let local = self.ids.find(local.as_u128()).unwrap_or_default();
        let is_other = |tenant: Code| tenant != 0 && tenant != local;
        let crossed = |key: &Key| {
            is_other(key.home_tenant)
                && is_other(key.resource_tenant)
                && self.accesses.get(key.access_type) != Some(&CrossTenantAccess::None)
                && (key.user_principal_name != 0
                    || self.texts.get(key.user_display_name) != Some(TENANT_RESTRICTION))
        };
        self.rows_of(crossed)
    }

    /// How many rows name no tenant.
    pub(crate) fn nowhere(&self) -> u64 {
        self.rows_of(|key| key.home_tenant == 0 && key.resource_tenant == 0)
    }

    fn rows_of(&self, which: impl Fn(&Key) -> bool) -> u64 {
        let lines = self.lines.iter().filter(|line| which(&line.key));
        lines.map(|line| line.times.count).sum()
    }

    /// The behaviours, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = Observation<'_>> {
        self.observations(&self.lines)
    }

    fn observations<'a>(&'a self, lines: &'a [Line]) -> impl Iterator<Item = Observation<'a>> {
        // What was outside of the window has a line and did not happen.
        let lines = lines.iter().filter(|line| line.times.count > 0);
        lines.map(|line| self.observation(line))
    }

    /// What is made of the behaviours in as many parts as there are processors, side by side.
    pub fn in_parts<'a, T: Send>(
        &'a self,
        part: impl Fn(&mut dyn Iterator<Item = Observation<'a>>) -> T + Sync,
    ) -> Vec<T> {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let length = self.lines.len().div_ceil(processors).max(1);
        std::thread::scope(|scope| {
            let begin = |lines| {
                let part = &part;
                scope.spawn(move || part(&mut self.observations(lines)))
            };
            let running: Vec<_> = self.lines.chunks(length).map(begin).collect();
            let ended = running.into_iter().map(|thread| {
                let ended = thread.join();
                ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            ended.collect()
        })
    }

    /// What the log itself calls a tenant.
    pub fn tenant_name(&self, tenant: TenantId) -> Option<&str> {
        let id = self.ids.find(tenant.as_u128())?;
        self.texts.get(*self.tenant_names.get(&id)?)
    }

    fn observation(&self, line: &Line) -> Observation<'_> {
        let key = &line.key;
        let traits = key.traits;
        let told = |time: Nanoseconds| (time != NEVER).then(|| moment(time));
        let tenant = |code| self.ids.get(code).map(TenantId::from_u128);
        let application = |code| self.ids.get(code).map(ApplicationId::from_u128);
        let user_type = |member| match member {
            true => UserType::Member,
            false => UserType::Guest,
        };
        Observation {
            id: None,
            count: usize::try_from(line.times.count).unwrap_or(usize::MAX),
            first: told(line.times.first),
            last: told(line.times.last),
            home_tenant: tenant(key.home_tenant),
            resource_tenant: tenant(key.resource_tenant),
            access_type: self.accesses.get(key.access_type),
            token_issuer: self.issuers.get(key.token_issuer).unwrap_or(&TENANT),
            user: self.ids.get(key.user).map(UserId::from_u128),
            user_type: traits.member.map(user_type),
            user_display_name: self.texts.get(key.user_display_name),
            user_principal_name: self.texts.get(key.user_principal_name),
            client_app: application(key.client_app),
            client_app_name: self.texts.get(key.client_app_name),
            resource_app: application(key.resource_app),
            resource_app_name: self.texts.get(key.resource_app_name),
            error_code: key.error_code,
            failure_reason: self.texts.get(key.failure_reason),
            is_interactive: traits.interactive,
            claims: TrustClaims {
                mfa: traits.mfa,
                compliant_device: traits.compliant,
                hybrid_joined_device: traits.hybrid,
            },
        }
    }
}

/// Who vouched where the log does not say.
static TENANT: TokenIssuer = TokenIssuer::AzureAd;
