//! `comity activity query`: the question to the engine that holds the logs already.
//!
//! What comes out of it has a line for each distinct behaviour, with how often, first and last.
//! `comity activity` reads that as it reads logs.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use policy::tenant::TenantId;

use crate::exit::{Exit, Outcome};

/// Print the query that boils a log down to its behaviours, for an engine that holds it
///
/// Its result, saved as CSV, lines of JSON or Parquet, is read like any log.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The engine
    #[arg(long, value_enum)]
    dialect: Dialect,
    /// The tenant whose log it is
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    /// The table, or what stands for one; Azure Monitor's two tables, or `signins`, unless said
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// Only sign-ins from this time on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Only sign-ins up to this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// Whose language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Dialect {
    Kusto,
    Duckdb,
    Spark,
    Clickhouse,
    Trino,
}

/// What a report or a preview looks at, in Graph's names.
const PLAIN: [&str; 13] = [
    "homeTenantId",
    "resourceTenantId",
    "crossTenantAccessType",
    "tokenIssuerType",
    "userId",
    "userType",
    "userDisplayName",
    "userPrincipalName",
    "appId",
    "appDisplayName",
    "resourceId",
    "resourceDisplayName",
    "isInteractive",
];

/// The same inside of a member.
const INSIDE: [(&str, &str); 4] = [
    ("status", "errorCode"),
    ("status", "failureReason"),
    ("deviceDetail", "isCompliant"),
    ("deviceDetail", "trustType"),
];

impl Query {
    pub(crate) fn run(&self) -> Outcome {
        let text = match self.dialect {
            Dialect::Kusto => self.kusto(),
            _ => self.sql(),
        };
        anstream::print!("{text}");
        Ok(Exit::Yes)
    }

    /// Azure Monitor and Sentinel.
    fn kusto(&self) -> String {
        let table = "union isfuzzy=true SigninLogs, AADNonInteractiveUserSignInLogs";
        let table = self.table.as_deref().unwrap_or(table);
        let mut text = format!("{table}\n");
        let mut condition = |comparison: &str, time: Option<Timestamp>| {
            if let Some(time) = time {
                let _ = writeln!(
                    text,
                    "| where CreatedDateTime {comparison} datetime({time})"
                );
            }
        };
        condition(">=", self.from);
        condition("<=", self.until);
        let tenant = self.tenant;
        let _ = write!(
            text,
            "| where ResourceTenantId != \"{tenant}\" or HomeTenantId != \"{tenant}\" or UserDisplayName == \"Tenant Restriction\"
| extend Status = parse_json(tostring(Status)), DeviceDetail = parse_json(tostring(DeviceDetail))
| extend errorCode = toint(ResultType), failureReason = tostring(Status.failureReason),
    isCompliant = tobool(DeviceDetail.isCompliant), trustType = tostring(DeviceDetail.trustType)
| summarize ['count'] = count(), firstSeen = min(CreatedDateTime), lastSeen = max(CreatedDateTime)
    by homeTenantId = HomeTenantId, resourceTenantId = ResourceTenantId, crossTenantAccessType = CrossTenantAccessType,
    tokenIssuerType = TokenIssuerType, userId = UserId, userType = UserType, userDisplayName = UserDisplayName,
    userPrincipalName = UserPrincipalName, appId = AppId, appDisplayName = AppDisplayName, resourceId = ResourceIdentity,
    resourceDisplayName = ResourceDisplayName, isInteractive = IsInteractive, errorCode, failureReason, isCompliant, trustType
| extend firstSeen = tostring(firstSeen), lastSeen = tostring(lastSeen)
"
        );
        text
    }

    /// Rows as Graph has them, with members in members.
    fn sql(&self) -> String {
        // Names are told apart by case, and `count` and `first` are words of the language.
        let quote = match self.dialect {
            Dialect::Spark => '`',
            _ => '"',
        };
        let quoted = |name: &str| format!("{quote}{name}{quote}");
        let mut columns: Vec<(String, String)> = Vec::new();
        for name in PLAIN {
            columns.push((quoted(name), quoted(name)));
        }
        for (outer, inner) in INSIDE {
            let value = format!("{}.{}", quoted(outer), quoted(inner));
            columns.push((value, quoted(inner)));
        }
        let mut text = "SELECT\n".to_owned();
        for (value, name) in &columns {
            let _ = writeln!(text, "  {value} AS {name},");
        }
        let created = quoted("createdDateTime");
        let id = quoted("id");
        let count = match self.dialect {
            Dialect::Clickhouse => format!("uniqExact({id})"),
            _ => format!("count(DISTINCT {id})"),
        };
        let as_text = |value: String| match self.dialect {
            Dialect::Spark => format!("CAST({value} AS STRING)"),
            Dialect::Clickhouse => format!("toString({value})"),
            _ => format!("CAST({value} AS VARCHAR)"),
        };
        let _ = writeln!(text, "  {count} AS {},", quoted("count"));
        let first = as_text(format!("min({created})"));
        let last = as_text(format!("max({created})"));
        let _ = writeln!(text, "  {first} AS {},", quoted("firstSeen"));
        let _ = writeln!(text, "  {last} AS {}", quoted("lastSeen"));
        let table = self.table.as_deref().unwrap_or("signins");
        let _ = writeln!(text, "FROM {table}");
        let (home, resource) = (quoted("homeTenantId"), quoted("resourceTenantId"));
        let (tenant, name) = (self.tenant, quoted("userDisplayName"));
        let _ = writeln!(
            text,
            "WHERE (coalesce({resource}, '') <> '{tenant}' OR coalesce({home}, '') <> '{tenant}' OR {name} = 'Tenant Restriction')"
        );
        let mut condition = |comparison: &str, time: Option<Timestamp>| {
            if let Some(time) = time {
                let time = self.moment(time);
                let _ = writeln!(text, "  AND {created} {comparison} {time}");
            }
        };
        condition(">=", self.from);
        condition("<=", self.until);
        let values: Vec<&str> = columns.iter().map(|(value, _)| value.as_str()).collect();
        let _ = writeln!(text, "GROUP BY {}", values.join(", "));
        text
    }

    fn moment(&self, time: Timestamp) -> String {
        let plain = time.strftime("%Y-%m-%d %H:%M:%S");
        match self.dialect {
            Dialect::Clickhouse => format!("parseDateTimeBestEffort('{time}')"),
            _ => format!("TIMESTAMP '{plain}'"),
        }
    }
}
