//! The reports of S17 as sheets, with the columns in the names and the order of its clauses.

use intake::log::Log;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use signins::filter::Filters;
use signins::pairs::{Counted, pairs};
use signins::panels::Selection;
use signins::restrictions::{RestrictionsRow, restrictions};
use signins::summary::{Counts, NOT_FOUND, Question, ResolveTenant, TenantDetails};
use signins::window::Window;
use signins::workbook::{Traffic, overview};

use super::names::Known;
use super::sheet::{Column, Entry, Sheet};

/// One or more sheets, and a name for all of them.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) sheets: Vec<Sheet>,
    /// The number of external tenants, where the report says it (S17.4).
    pub(crate) tenants: Option<usize>,
    /// Sign-ins that are on no day.
    pub(crate) undated: usize,
}

pub(super) fn id(id: Option<impl ToString>) -> Entry {
    id.map_or(Entry::Nothing, |id| Entry::Text(id.to_string()))
}

pub(super) fn text(text: Option<&str>) -> Entry {
    text.map_or(Entry::Nothing, |text| Entry::Text(text.to_owned()))
}

pub(super) fn number(number: usize) -> Entry {
    Entry::Number(u64::try_from(number).unwrap_or(u64::MAX))
}

impl Report {
    /// S17.2 and S17.3.
    pub(crate) fn summary(question: &Question, log: &Log, known: Option<&Known<'_>>) -> Self {
        let resolve = |tenant| known.and_then(|known| known.of(tenant));
        let names: Option<&dyn ResolveTenant> = known.is_some().then_some(&resolve);
        let mut columns = vec![Column::text("ExternalTenantId")];
        if known.is_some() {
            columns.extend([
                Column::text("ExternalTenantName"),
                Column::text("ExternalTenantRegionScope"),
            ]);
        }
        columns.extend([
            Column::text("AccessDirection"),
            Column::number("SignIns"),
            Column::number("SuccessSignIns"),
            Column::number("FailedSignIns"),
            Column::number("UniqueUsers"),
            Column::number("UniqueResources"),
        ]);
        let counted = log.in_parts(|rows| {
            let mut counts = Counts::of(*question);
            rows.for_each(|row| counts.add(&row));
            counts
        });
        let whole = counted.into_iter().reduce(Counts::and);
        let rows = whole.map_or_else(Vec::new, |counts| counts.rows(names));
        let rows = rows.iter().map(|row| {
            let mut entries = vec![id(Some(row.external_tenant))];
            if let Some(details) = &row.details {
                entries.push(text(Some(details.shown_name())));
                entries.push(text(Some(details.shown_region_scope())));
            }
            entries.push(text(Some(row.direction.as_str())));
            entries.extend(
                [
                    row.sign_ins,
                    row.success_sign_ins,
                    row.failed_sign_ins,
                    row.unique_users,
                    row.unique_resources,
                ]
                .map(number),
            );
            entries
        });
        let sheet = Sheet::new("summary", columns, rows.collect());
        Report {
            name: "summary",
            sheets: vec![sheet],
            tenants: None,
            undated: 0,
        }
    }

    /// S17.4.
    pub(crate) fn overview(
        local: TenantId,
        log: &Log,
        filters: &Filters,
        known: Option<&Known<'_>>,
    ) -> Self {
        let mut columns = vec![Column::text("ExternalTenantId")];
        if known.is_some() {
            columns.push(Column::text("ExternalTenantName"));
        }
        columns.extend([
            Column::number("OutboundSignInsTotal"),
            Column::number("OutboundSignInsFailure"),
            Column::number("OutboundUsers"),
            Column::number("OutboundApps"),
            Column::number("InboundSignInsTotal"),
            Column::number("InboundSignInsFailure"),
            Column::number("InboundUsers"),
            Column::number("InboundApps"),
        ]);
        let overview = overview(local, log.iter(), filters);
        let traffic = |traffic: Option<Traffic>| match traffic {
            None => [const { Entry::Nothing }; 4],
            Some(traffic) => [
                traffic.sign_ins_total,
                traffic.sign_ins_failure,
                traffic.users,
                traffic.apps,
            ]
            .map(number),
        };
        let rows = overview.lines.iter().map(|line| {
            let mut entries = vec![id(Some(line.external_tenant))];
            if let Some(known) = known {
                let details: Option<TenantDetails> = known.of(line.external_tenant);
                let name = details.and_then(|details| details.name);
                entries.push(text(Some(name.as_deref().unwrap_or(NOT_FOUND))));
            }
            entries.extend(traffic(line.outbound));
            entries.extend(traffic(line.inbound));
            entries
        });
        let sheet = Sheet::new("overview", columns, rows.collect());
        Report {
            name: "overview",
            sheets: vec![sheet],
            tenants: Some(overview.tenant_count()),
            undated: 0,
        }
    }

    /// S17.7.
    pub(crate) fn pairs(local: TenantId, log: &Log, interactive_only: bool) -> Self {
        let counted = Counted {
            window: Window::ALL,
            interactive_only,
        };
        let rows = pairs(local, log.iter(), counted);
        let rows = rows
            .iter()
            .map(|pair| vec![number(pair.count), text(Some(&pair.label()))]);
        let columns = vec![
            Column::number("Count"),
            Column::text("Ext TenantID/App User Pair"),
        ];
        let sheet = Sheet::new("pairs", columns, rows.collect());
        Report {
            name: "pairs",
            sheets: vec![sheet],
            tenants: None,
            undated: 0,
        }
    }

    /// S17.6.
    pub(crate) fn panels(
        selection: &Selection,
        log: &Log,
        filters: &Filters,
        resource: Option<ApplicationId>,
    ) -> Self {
        let status = selection.status(log.iter(), filters);
        let status = status.iter().map(|row| {
            vec![
                number(row.count),
                text(Some(row.status())),
                Entry::Number(row.status_code.into()),
                text(row.reason.as_deref()),
            ]
        });
        let applications = selection.applications(log.iter(), filters);
        let applications = applications.iter().map(|row| {
            vec![
                id(row.resource_app),
                text(row.resource_app_name.as_deref()),
                id(row.client_app),
                text(row.client_app_name.as_deref()),
                number(row.users),
                number(row.total),
                number(row.failures),
            ]
        });
        let users = selection.users(log.iter(), filters, resource);
        let users = users.iter().map(|row| {
            vec![
                text(row.user_principal_name.as_deref()),
                number(row.total),
                number(row.failures),
            ]
        });
        let of_status = vec![
            Column::number("count"),
            Column::text("status"),
            Column::number("statusCode"),
            Column::text("reason"),
        ];
        let of_applications = vec![
            Column::text("resourceId"),
            Column::text("resourceDisplayName"),
            Column::text("appId"),
            Column::text("appDisplayName"),
            Column::number("users"),
            Column::number("total"),
            Column::number("failures"),
        ];
        let of_users = vec![
            Column::text("userPrincipalName"),
            Column::number("total"),
            Column::number("failures"),
        ];
        Report {
            name: "panels",
            sheets: vec![
                Sheet::new("status", of_status, status.collect()),
                Sheet::new("applications", of_applications, applications.collect()),
                Sheet::new("users", of_users, users.collect()),
            ],
            tenants: None,
            undated: 0,
        }
    }

    /// S17.8.
    pub(crate) fn restrictions(log: &Log) -> Self {
        let panel = restrictions(log.iter(), Window::ALL);
        let sheet = |name, rows: &[RestrictionsRow]| {
            let columns = vec![
                Column::number("count"),
                Column::text("resourceTenantId"),
                Column::text("appDisplayName"),
                Column::text("resourceDisplayName"),
            ];
            let rows = rows.iter().map(|row| {
                vec![
                    number(row.count),
                    id(row.resource_tenant),
                    text(row.client_app_name.as_deref()),
                    text(row.resource_app_name.as_deref()),
                ]
            });
            Sheet::new(name, columns, rows.collect())
        };
        Report {
            name: "restrictions",
            sheets: vec![
                sheet("blocked", &panel.blocked),
                sheet("usage", &panel.usage),
            ],
            tenants: None,
            undated: 0,
        }
    }

    /// Another one below it.
    pub(crate) fn and(mut self, other: Report) -> Self {
        self.sheets.extend(other.sheets);
        self
    }

    /// That sheet alone, if one is named.
    pub(crate) fn only(mut self, sheet: Option<&str>) -> Self {
        if let Some(wanted) = sheet {
            self.sheets.retain(|sheet| sheet.name == wanted);
        }
        self
    }
}
