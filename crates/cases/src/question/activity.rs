//! `summary`, `workbook`, `pairs`, `panel` and `trPanel` (S17): reports about a sign-in log.
//!
//! The log is the fixture's `signIns`, or `rows` in their place. A file knows no today, so no
//! window of time is applied.

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::direction::Direction;
use signins::event::SignIn;
use signins::filter::{Filters, StatusFilter, Term};
use signins::pairs::Counted;
use signins::panels::Selection;
use signins::restrictions::RestrictionsRow;
use signins::summary::{ExternalTenantIsLocal, Question, SummaryRow};
use signins::window::Window;
use signins::workbook::{Line, Traffic};

use super::wording::text as shown;
use super::{Ask, State};
use crate::fixture::read_rows;
use crate::members::{Members, Mistake, unknown_word};

/// Whose log, and which rows.
#[derive(Debug)]
struct Log {
    local: TenantId,
    rows: Option<Vec<SignIn>>,
}

impl Log {
    fn read(members: &mut Members<'_>) -> Result<Self, Mistake> {
        let local = members.parsed("tenant")?;
        let path = members.path_of("rows");
        let rows = members.value("rows");
        Ok(Log {
            local: members.required("tenant", local)?,
            rows: rows.map(|rows| read_rows(rows, &path)).transpose()?,
        })
    }

    fn rows<'a>(&'a self, state: &'a State) -> &'a [SignIn] {
        self.rows.as_deref().unwrap_or(&state.sign_ins)
    }
}

fn refusal(error: &ExternalTenantIsLocal) -> Value {
    json!({"error": error.reason().as_str()})
}

fn direction(members: &mut Members<'_>, name: &'static str) -> Result<Option<Direction>, Mistake> {
    let Some(written) = members.text(name)? else {
        return Ok(None);
    };
    let both = written.eq_ignore_ascii_case("both");
    match Direction::from_name(written) {
        None if both => Ok(None),
        None => {
            let words = ["Outbound", "Inbound", "Both"].into_iter();
            Err(unknown_word(&members.path_of(name), written, words))
        }
        some => Ok(some),
    }
}

#[derive(Debug)]
struct Summary {
    log: Log,
    direction: Option<Direction>,
    external: Option<TenantId>,
}

/// Reads `summary`.
pub(super) fn summary(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    Ok(Box::new(Summary {
        log: Log::read(members)?,
        direction: direction(members, "accessDirection")?,
        external: members.parsed("externalTenantId")?,
    }))
}

impl Ask for Summary {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let question = match Question::new(self.log.local, self.direction, self.external) {
            Ok(question) => question,
            Err(error) => return Ok(refusal(&error)),
        };
        let rows = question.summary(self.log.rows(state), None);
        Ok(json!({
            "summary": rows.iter().map(summary_row).collect::<Value>(),
            "error": null,
        }))
    }
}

fn summary_row(row: &SummaryRow) -> Value {
    json!({
        "ExternalTenantId": row.external_tenant.to_string(),
        "AccessDirection": row.direction.as_str(),
        "SignIns": row.sign_ins,
        "SuccessSignIns": row.success_sign_ins,
        "FailedSignIns": row.failed_sign_ins,
        "UniqueUsers": row.unique_users,
        "UniqueResources": row.unique_resources,
    })
}

#[derive(Debug)]
struct Workbook {
    log: Log,
    filters: Filters,
}

/// Reads `workbook`.
pub(super) fn workbook(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let filters = members.members("filters")?;
    Ok(Box::new(Workbook {
        log: Log::read(members)?,
        filters: filters.map(read_filters).transpose()?.unwrap_or_default(),
    }))
}

fn read_filters(mut members: Members<'_>) -> Result<Filters, Mistake> {
    let words = [
        ("All", StatusFilter::All),
        ("Success", StatusFilter::Success),
        ("Failure", StatusFilter::Failure),
    ];
    let status = members.word("status", &words)?;
    let mut term = |name| Ok::<_, Mistake>(members.text(name)?.and_then(Term::new));
    let filters = Filters {
        external_tenant: term("externalTenantId")?,
        user: term("user")?,
        application: term("application")?,
        status: status.unwrap_or_default(),
        ..Filters::default()
    };
    members.finish()?;
    Ok(filters)
}

impl Ask for Workbook {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let rows = self.log.rows(state);
        let overview = signins::workbook::overview(self.log.local, rows, &self.filters);
        Ok(json!({
            "tenantCount": overview.tenant_count(),
            "table": overview.lines.iter().map(line).collect::<Value>(),
        }))
    }
}

fn line(line: &Line) -> Value {
    let of = |traffic: Option<&Traffic>, count: fn(&Traffic) -> usize| traffic.map(count);
    let (outbound, inbound) = (line.outbound.as_ref(), line.inbound.as_ref());
    json!({
        "ExternalTenantId": line.external_tenant.to_string(),
        "OutboundSignInsTotal": of(outbound, |traffic| traffic.sign_ins_total),
        "OutboundSignInsFailure": of(outbound, |traffic| traffic.sign_ins_failure),
        "OutboundUsers": of(outbound, |traffic| traffic.users),
        "OutboundApps": of(outbound, |traffic| traffic.apps),
        "InboundSignInsTotal": of(inbound, |traffic| traffic.sign_ins_total),
        "InboundSignInsFailure": of(inbound, |traffic| traffic.sign_ins_failure),
        "InboundUsers": of(inbound, |traffic| traffic.users),
        "InboundApps": of(inbound, |traffic| traffic.apps),
    })
}

#[derive(Debug)]
struct Pairs(Log);

/// Reads `pairs`.
pub(super) fn pairs(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    Ok(Box::new(Pairs(Log::read(members)?)))
}

impl Ask for Pairs {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let rows = self.0.rows(state);
        let pairs = signins::pairs::pairs(self.0.local, rows, Counted::INTERACTIVE);
        let shown = pairs.iter().map(|pair| {
            json!([
                pair.count,
                pair.resource_tenant.to_string(),
                pair.client_app_name,
                pair.user_principal_name
            ])
        });
        let table = pairs
            .iter()
            .map(|pair| json!({"Count": pair.count, "Ext TenantID/App User Pair": pair.label()}));
        Ok(json!({
            "pairs": shown.collect::<Value>(),
            "table": table.collect::<Value>(),
        }))
    }
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Status,
    Applications,
    Users,
}

#[derive(Debug)]
struct Panel {
    log: Log,
    external: TenantId,
    direction: Direction,
    which: Which,
    resource: Option<ApplicationId>,
}

/// Reads `panel`.
pub(super) fn panel(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let words = [
        ("status", Which::Status),
        ("applications", Which::Applications),
        ("users", Which::Users),
    ];
    let which = members.word("panel", &words)?;
    let directions = Direction::ALL.map(|direction| (direction.as_str(), direction));
    let direction = members.word("direction", &directions)?;
    let external = members.parsed("externalTenantId")?;
    Ok(Box::new(Panel {
        log: Log::read(members)?,
        external: members.required("externalTenantId", external)?,
        direction: members.required("direction", direction)?,
        which: members.required("panel", which)?,
        resource: members.parsed("resourceId")?,
    }))
}

impl Ask for Panel {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let selection = match Selection::new(self.log.local, self.external, self.direction) {
            Ok(selection) => selection,
            Err(error) => return Ok(refusal(&error)),
        };
        let log = self.log.rows(state);
        let filters = Filters::default();
        let rows = match self.which {
            Which::Status => statuses(&selection, log, &filters),
            Which::Applications => applications(&selection, log, &filters),
            Which::Users => users(&selection, log, &filters, self.resource),
        };
        Ok(json!({"rows": rows, "error": null}))
    }
}

fn statuses(selection: &Selection, log: &[SignIn], filters: &Filters) -> Value {
    let rows = selection.status(log, filters);
    let rows = rows.iter().map(|row| {
        json!({
            "count": row.count,
            "status": row.status(),
            "statusCode": row.status_code,
            "reason": row.reason,
        })
    });
    rows.collect()
}

fn applications(selection: &Selection, log: &[SignIn], filters: &Filters) -> Value {
    let rows = selection.applications(log, filters);
    let rows = rows.iter().map(|row| {
        json!({
            "resourceId": shown(row.resource_app),
            "resourceDisplayName": row.resource_app_name,
            "appId": shown(row.client_app),
            "appDisplayName": row.client_app_name,
            "users": row.users,
            "total": row.total,
            "failures": row.failures,
        })
    });
    rows.collect()
}

fn users(
    selection: &Selection,
    log: &[SignIn],
    filters: &Filters,
    resource: Option<ApplicationId>,
) -> Value {
    let rows = selection.users(log, filters, resource);
    let rows = rows.iter().map(|row| {
        json!({
            "userPrincipalName": row.user_principal_name,
            "total": row.total,
            "failures": row.failures,
        })
    });
    rows.collect()
}

#[derive(Debug)]
struct Restrictions(Log);

/// Reads `trPanel`.
pub(super) fn restrictions(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    Ok(Box::new(Restrictions(Log::read(members)?)))
}

impl Ask for Restrictions {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let rows = self.0.rows(state);
        let panel = signins::restrictions::restrictions(rows, Window::ALL);
        Ok(json!({
            "blocked": panel.blocked.iter().map(restriction).collect::<Value>(),
            "usage": panel.usage.iter().map(restriction).collect::<Value>(),
        }))
    }
}

fn restriction(row: &RestrictionsRow) -> Value {
    json!([
        row.count,
        shown(row.resource_tenant),
        row.client_app_name,
        row.resource_app_name
    ])
}
