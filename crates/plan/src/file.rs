//! A plan as it is kept until it is applied.

use policy::administer::Operation;
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use crate::stamp::Stamp;
use crate::steps::{Plan, Step};

/// Which form a file has.
const FORM: &str = "comity-plan-1";

/// A plan that was read back: nothing but requests to the settings of one tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Whose settings.
    pub tenant: TenantId,
    /// What the settings were.
    pub state: Stamp,
    /// The requests.
    pub steps: Vec<Step>,
}

/// Why a file is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPlan(String);

/// Writes a plan.
pub fn write(plan: &Plan) -> Map<String, Value> {
    let step = |step: &Step| {
        let mut members = Map::new();
        members.insert("method".to_owned(), step.method.clone().into());
        members.insert("url".to_owned(), step.url.clone().into());
        if let Some(body) = &step.body {
            members.insert("body".to_owned(), body.clone());
        }
        members.insert("stateAfter".to_owned(), step.state.to_string().into());
        Value::Object(members)
    };
    let members = [
        ("form", FORM.into()),
        ("tenantId", plan.tenant.to_string().into()),
        ("stateBefore", plan.state.to_string().into()),
        ("steps", plan.steps.iter().map(step).collect()),
    ];
    let members = members.map(|(name, value): (&str, Value)| (name.to_owned(), value));
    members.into_iter().collect()
}

/// Reads a plan.
pub fn read(value: &Value) -> Result<Kept, NoPlan> {
    if text(value, "form") != Some(FORM) {
        let message = format!("it is no plan (expected \"form\": \"{FORM}\")");
        return Err(NoPlan(message));
    }
    let tenant = text(value, "tenantId").and_then(|id| id.parse().ok());
    let tenant = tenant.ok_or_else(|| NoPlan("`tenantId` is no tenant id".to_owned()))?;
    let steps = value.get("steps").and_then(Value::as_array);
    let steps = steps.ok_or_else(|| NoPlan("`steps` is no list".to_owned()))?;
    let steps = steps.iter().enumerate().map(|(at, step)| {
        self::step(step).map_err(|message| NoPlan(format!("steps[{at}]: {message}")))
    });
    Ok(Kept {
        tenant,
        state: stamp(value, "stateBefore").map_err(NoPlan)?,
        steps: steps.collect::<Result<_, _>>()?,
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn stamp(value: &Value, name: &str) -> Result<Stamp, String> {
    let stamp = text(value, name).unwrap_or_default().parse();
    stamp.map_err(|error| format!("`{name}`: {error}"))
}

fn step(value: &Value) -> Result<Step, String> {
    let lacking = |name: &str| format!("`{name}` is missing");
    let method = text(value, "method").ok_or_else(|| lacking("method"))?;
    let url = text(value, "url").ok_or_else(|| lacking("url"))?;
    let body = value.get("body").cloned();
    // Whoever edits a plan by hand gets no further than the settings it is about.
    let operation = graph::route::operation(method, url, body.as_ref());
    let operation = operation.map_err(|error| error.to_string())?;
    if operation.is_read() || operation == Operation::ResetDefault {
        return Err(format!("`{method} {url}` is not what a plan does"));
    }
    Ok(Step {
        method: method.to_owned(),
        url: url.to_owned(),
        body,
        state: stamp(value, "stateAfter")?,
    })
}

impl Kept {
    /// How many steps have been done where the settings have that state; `None`: it is not a state
    /// that this plan leads through.
    pub fn done(&self, state: Stamp) -> Option<usize> {
        // The furthest, because a state may come twice.
        let after = self.steps.iter().rposition(|step| step.state == state);
        match after {
            Some(at) => Some(at + 1),
            None => (state == self.state).then_some(0),
        }
    }
}
