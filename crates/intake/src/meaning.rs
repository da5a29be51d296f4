//! What the values of a row mean, one by one.

use std::borrow::Cow;

use serde::Deserialize;
use signins::event::{CrossTenantAccess, TokenIssuer};

use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::log::{NEVER, Times, Traits};
use crate::moment::{self, Nanoseconds, Zone};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeviceText<'a> {
    is_compliant: Option<bool>,
    #[serde(borrow)]
    trust_type: Option<Cow<'a, str>>,
}

/// What downloads write where there is nothing.
pub(crate) fn says_nothing(text: &str) -> bool {
    ["None", "null", "N/A", "-"].contains(&text.trim())
}

pub(crate) fn access(text: &str) -> CrossTenantAccess {
    CrossTenantAccess::from_name(&closed(text))
}

pub(crate) fn issuer(text: &str) -> TokenIssuer {
    let name = closed(text);
    match name.eq_ignore_ascii_case("MicrosoftEntraID") {
        true => TokenIssuer::AzureAd,
        false => TokenIssuer::from_name(&name),
    }
}

/// The portal writes "B2B collaboration" and "Azure AD" where Graph writes one word.
pub(crate) fn closed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

pub(crate) fn code(cells: &Cells<'_>, column: Column) -> Result<Option<u32>, Refusal> {
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

pub(crate) fn flag(cells: &Cells<'_>, column: Column) -> Result<Option<bool>, Refusal> {
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
        Cell::Entry(_) | Cell::Time(_) => Err(Refusal::NotText(column)),
    }
}

pub(crate) fn traits(cells: &Cells<'_>) -> Result<Traits, Refusal> {
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
        mfa: false,
        compliant,
        hybrid,
    })
}

pub(crate) fn times(cells: &Cells<'_>) -> Result<Times, Refusal> {
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

pub(crate) fn time(
    cell: &Cell<'_>,
    column: Column,
    zone: Zone,
) -> Result<Option<Nanoseconds>, Refusal> {
    match cell {
        Cell::Nothing => Ok(None),
        Cell::Time(nanoseconds) => Ok(Some(*nanoseconds)),
        Cell::Text(text) => moment::read(text, zone).map(Some),
        _ => Err(Refusal::NotText(column)),
    }
}
