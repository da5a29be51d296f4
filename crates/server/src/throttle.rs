//! Telling a client that it asks too much (graph-api 1.5).
//!
//! Graph counts per program and tenant; what was refused changed nothing, so a client repeats it
//! after `Retry-After`, writes included. Nothing is limited unless the operator says so: the numbers
//! Microsoft publishes are [`Limits::published`]. To see how a script takes it, the operator can have
//! the next requests refused whatever was counted (`POST /comity/v1/throttle`).

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use policy::tenant::TenantId;
use uuid::Uuid;

use crate::error::ApiError;
use crate::principal::Principal;
use crate::state::App;

/// So many requests in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub requests: u32,
    /// In which time.
    pub seconds: u32,
}

/// What is limited, for each program in each tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// All requests of Graph.
    pub requests: Option<Limit>,
    /// Those that write.
    pub writes: Option<Limit>,
    /// Those that read the logs.
    pub logs: Option<Limit>,
    /// Invitations, of all programs of a tenant together.
    pub invitations: Option<Limit>,
}

impl Limits {
    /// The published limits for a tenant of medium size.
    pub const fn published() -> Self {
        const fn limit(requests: u32, seconds: u32) -> Option<Limit> {
            Some(Limit { requests, seconds })
        }
        Limits {
            requests: limit(5000, 10),
            writes: limit(3000, 150),
            logs: limit(100, 10),
            invitations: limit(150, 5),
        }
    }
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Requests,
    Writes,
    Logs,
    Invitations,
}

impl Kind {
    /// `Scope/Limit` of `x-ms-throttle-scope`, and `x-ms-throttle-information`.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Requests => ("Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded"),
            Kind::Writes => ("Tenant_Application/Write", "WriteLimitExceeded"),
            Kind::Logs => ("Tenant_Application/Read", "ResourceUnitLimitExceeded"),
            Kind::Invitations => ("Tenant/Write", "WriteLimitExceeded"),
        }
    }
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Caller {
    tenant: TenantId,
    application: Uuid,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    /// Second in which it began.
    began: i64,
    count: u32,
}

/// Counters, and what is to be refused next.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    windows: Mutex<HashMap<(Caller, Kind), Window>>,
    /// So many requests are refused, whatever was counted.
    refuse: AtomicU32,
    retry_after: AtomicU32,
}

/// From this many counters on, those whose time is over are dropped.
const MANY: usize = 4096;

/// How much of a limit is used, or how long to wait.
enum Use {
    Share(f64),
    Wait(Kind, u32),
}

impl Throttle {
    /// Has the next so many requests of Graph refused.
    pub(crate) fn refuse_next(&self, requests: u32, retry_after: u32) {
        self.retry_after.store(retry_after, Ordering::Relaxed);
        self.refuse.store(requests, Ordering::Release);
    }

    fn is_refused(&self) -> Option<u32> {
        let less = |left: u32| left.checked_sub(1);
        self.refuse
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less)
            .ok()
            .map(|_| self.retry_after.load(Ordering::Relaxed))
    }

    /// Counts a request, unless it is one too many by one of the limits.
    fn count(&self, caller: Caller, limits: &[(Kind, Limit)], now: i64) -> Use {
        let Ok(mut windows) = self.windows.lock() else {
            return Use::Share(0.0);
        };
        if windows.len() >= MANY {
            windows.retain(|_, window| now - window.began < 600);
        }
        let mut share = 0.0_f64;
        let mut counted = Vec::new();
        for (kind, limit) in limits {
            let who = match kind {
                Kind::Invitations => Caller {
                    application: Uuid::nil(),
                    ..caller
                },
                _ => caller,
            };
            let fresh = Window {
                began: now,
                count: 0,
            };
            let known = windows.get(&(who, *kind)).copied();
            let current = known.filter(|window| now - window.began < i64::from(limit.seconds));
            let mut window = current.unwrap_or(fresh);
            if window.count >= limit.requests {
                let left = window.began + i64::from(limit.seconds) - now;
                return Use::Wait(*kind, u32::try_from(left).unwrap_or(1).max(1));
            }
            window.count += 1;
            share = share.max(f64::from(window.count) / f64::from(limit.requests));
            counted.push(((who, *kind), window));
        }
        windows.extend(counted);
        Use::Share(share)
    }
}

/// Which limits a request counts for. The path is in its one spelling, without the version.
fn applicable(limits: &Limits, method: &Method, path: &str) -> Vec<(Kind, Limit)> {
    let reads = method.is_safe();
    [
        (Kind::Requests, limits.requests, true),
        (Kind::Writes, limits.writes, !reads),
        (
            Kind::Logs,
            limits.logs,
            reads && path.starts_with("/auditlogs/"),
        ),
        (
            Kind::Invitations,
            limits.invitations,
            !reads && path == "/invitations",
        ),
    ]
    .into_iter()
    .filter(|(_, _, applies)| *applies)
    .filter_map(|(kind, limit, _)| Some((kind, limit?)))
    .collect()
}

/// In front of every route of Graph.
pub(crate) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Some(seconds) = app.throttle.is_refused() {
        return refused(&app, &request, Kind::Requests, seconds);
    }
    if app.options.throttle == Limits::default() {
        return next.run(request).await;
    }
    // Whoever is nobody is refused by the handler.
    let Some(caller) = caller(&app, &request) else {
        return next.run(request).await;
    };
    let limits = applicable(
        &app.options.throttle,
        request.method(),
        request.uri().path(),
    );
    match app.throttle.count(caller, &limits, app.clock.seconds()) {
        Use::Wait(kind, seconds) => refused(&app, &request, kind, seconds),
        Use::Share(share) => {
            let mut response = next.run(request).await;
            if share > 0.8 {
                let name = HeaderName::from_static("x-ms-throttle-limit-percentage");
                if let Ok(value) = HeaderValue::from_str(&format!("{share:.2}")) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
    }
}

fn caller(app: &App, request: &Request) -> Option<Caller> {
    let principal = Principal::of(app, request.headers(), request.extensions()).ok()?;
    Some(Caller {
        tenant: principal.tenant(),
        application: principal.application(),
    })
}

fn refused(app: &App, request: &Request, kind: Kind, seconds: u32) -> Response {
    let (scope, information) = kind.words();
    let scope = match caller(app, request) {
        Some(caller) => format!("{scope}/{}/{}", caller.application, caller.tenant),
        None => scope.to_owned(),
    };
    ApiError::too_many_requests(seconds, &scope, information).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLER: Caller = Caller {
        tenant: TenantId::from_u128(1),
        application: Uuid::from_u128(2),
    };

    fn limit(requests: u32, seconds: u32) -> Limit {
        Limit { requests, seconds }
    }

    #[test]
    fn one_too_many_waits_until_the_time_is_over() {
        let throttle = Throttle::default();
        let limits = [(Kind::Requests, limit(2, 10)), (Kind::Writes, limit(1, 30))];
        let ask = |now| match throttle.count(CALLER, &limits, now) {
            Use::Share(share) => Ok(share),
            Use::Wait(kind, seconds) => Err((kind, seconds)),
        };
        assert_eq!(ask(100), Ok(1.0));
        assert_eq!(ask(105), Err((Kind::Writes, 25)));
        assert_eq!(ask(131), Ok(1.0));
        let other = Caller {
            tenant: TenantId::from_u128(9),
            ..CALLER
        };
        assert!(matches!(throttle.count(other, &limits, 131), Use::Share(_)));
    }

    #[test]
    fn invitations_of_all_programs_count_together() {
        let throttle = Throttle::default();
        let limits = [(Kind::Invitations, limit(1, 5))];
        let other = Caller {
            application: Uuid::from_u128(7),
            ..CALLER
        };
        assert!(matches!(throttle.count(CALLER, &limits, 0), Use::Share(_)));
        assert!(matches!(throttle.count(other, &limits, 0), Use::Wait(..)));
    }

    #[test]
    fn a_request_counts_for_what_it_is() {
        let limits = Limits::published();
        let kinds = |method: Method, path| {
            let applicable = applicable(&limits, &method, path).into_iter();
            applicable.map(|(kind, _)| kind).collect::<Vec<_>>()
        };
        assert_eq!(
            kinds(Method::GET, "/auditlogs/signins"),
            [Kind::Requests, Kind::Logs]
        );
        assert_eq!(
            kinds(Method::POST, "/invitations"),
            [Kind::Requests, Kind::Writes, Kind::Invitations]
        );
    }

    #[test]
    fn counters_of_long_ago_are_dropped() {
        let throttle = Throttle::default();
        let limits = [(Kind::Requests, limit(1, 1))];
        for n in 0..=MANY as u128 {
            let caller = Caller {
                application: Uuid::from_u128(n),
                ..CALLER
            };
            throttle.count(caller, &limits, 0);
        }
        throttle.count(CALLER, &limits, 10_000);
        assert_eq!(throttle.windows.lock().unwrap().len(), 1);
    }
}
