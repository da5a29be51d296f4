//! Behaviours, each once, in little memory: names and ids by number, and a line of numbers each.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use signins::behaviour::TrustClaims;
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::observation::Observation;

use crate::intern::{Code, Ids, Texts, Words};
use crate::moment::{Nanoseconds, moment};

/// What rows of one behaviour have in common; 0 where the log does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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

/// What is yes, no or not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Traits {
    pub(crate) interactive: Option<bool>,
    /// Member or guest.
    pub(crate) member: Option<bool>,
    pub(crate) compliant: bool,
    pub(crate) hybrid: bool,
}

/// No row says when.
pub(crate) const NEVER: Nanoseconds = Nanoseconds::MIN;

/// A behaviour, and how often it happened.
#[derive(Clone, Copy, Debug)]
struct Line {
    key: Key,
    count: u64,
    first: Nanoseconds,
    last: Nanoseconds,
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

/// The sign-ins that were read: every distinct behaviour, once.
#[derive(Debug, Default)]
pub struct Log {
    pub(crate) ids: Ids,
    pub(crate) texts: Texts,
    lines: Vec<Line>,
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    /// What the log calls tenants, by the numbers of id and text.
    pub(crate) tenant_names: hashbrown::HashMap<Code, Code>,
    pub(crate) accesses: Words<CrossTenantAccess>,
    pub(crate) issuers: Words<TokenIssuer>,
}

fn spread(short: u32) -> u64 {
    u64::from(short).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Log {
    /// How many behaviours there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Counts a behaviour.
    pub(crate) fn add(&mut self, key: Key, times: Times) {
        let short = u32::try_from(self.hasher.hash_one(key) >> 32).unwrap_or_default();
        let Log { lines, table, .. } = self;
        let same = |(index, hash): &(u32, u32)| {
            *hash == short
                && lines
                    .get(*index as usize)
                    .is_some_and(|line| line.key == key)
        };
        if let Some((index, _)) = table.find(spread(short), same) {
            if let Some(line) = lines.get_mut(*index as usize) {
                line.count += times.count;
                line.first = earlier(line.first, times.first);
                line.last = line.last.max(times.last);
            }
            return;
        }
        let index = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        table.insert_unique(spread(short), (index, short), |(_, hash)| spread(*hash));
        lines.push(Line {
            key,
            count: times.count,
            first: times.first,
            last: times.last,
        });
    }

    /// Takes over what another helper read.
    pub(crate) fn absorb(&mut self, other: &Log) {
        let ids = self.ids.absorb(&other.ids);
        let texts = self.texts.absorb(&other.texts);
        let accesses = self.accesses.absorb(&other.accesses);
        let issuers = self.issuers.absorb(&other.issuers);
        let access = |code: Code| accesses.get(code as usize).copied().unwrap_or_default();
        let issuer = |code: Code| issuers.get(code as usize).copied().unwrap_or_default();
        let id = |code: Code| ids.get(code as usize).copied().unwrap_or_default();
        let text = |code: Code| texts.get(code as usize).copied().unwrap_or_default();
        for (tenant, name) in &other.tenant_names {
            self.tenant_names.insert(id(*tenant), text(*name));
        }
        for line in &other.lines {
            let key = Key {
                home_tenant: id(line.key.home_tenant),
                resource_tenant: id(line.key.resource_tenant),
                user: id(line.key.user),
                client_app: id(line.key.client_app),
                resource_app: id(line.key.resource_app),
                user_principal_name: text(line.key.user_principal_name),
                user_display_name: text(line.key.user_display_name),
                client_app_name: text(line.key.client_app_name),
                resource_app_name: text(line.key.resource_app_name),
                failure_reason: text(line.key.failure_reason),
                access_type: access(line.key.access_type),
                token_issuer: issuer(line.key.token_issuer),
                ..line.key
            };
            let times = Times {
                count: line.count,
                first: line.first,
                last: line.last,
            };
            self.add(key, times);
        }
    }

    /// The behaviours, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = Observation<'_>> {
        self.lines.iter().map(|line| self.observation(line))
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
            count: usize::try_from(line.count).unwrap_or(usize::MAX),
            first: told(line.first),
            last: told(line.last),
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
                // A row says what was asked for, not what the home tenant vouched for.
                mfa: false,
                compliant_device: traits.compliant,
                hybrid_joined_device: traits.hybrid,
            },
        }
    }
}

/// The earlier of two times, either of which may be [`NEVER`].
fn earlier(one: Nanoseconds, other: Nanoseconds) -> Nanoseconds {
    match (one, other) {
        (NEVER, time) | (time, NEVER) => time,
        _ => one.min(other),
    }
}

/// Who vouched where the log does not say.
static TENANT: TokenIssuer = TokenIssuer::AzureAd;
