//! From the settings in force to those that are wanted, request by request.
//!
//! Each request is judged in memory by the function that judges those of a server, in the order in
//! which they will be sent, so a plan that is refused is refused before anything has happened. New
//! entries and changed ones come before the default: whoever is to keep their access has it in an
//! entry of their own when the default closes. Entries are removed last.

use graph::document::Path;
use graph::query::Member;
use graph::settings::partner::Expand;
use graph::settings::{Form, defaults, partner, root, shape};
use policy::administer::{Actor, ApplicationPermission, Operation, administer};
use policy::reason::Reason;
use policy::settings::{Partner, Policy};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use serde_json::{Map, Value, json};

use crate::stamp::Stamp;
use crate::wanted::{Entry, Wanted};
use crate::{Fault, Result};

const POLICY: &str = "/policies/crossTenantAccessPolicy";
const SYNCHRONIZATION: &str = "identitySynchronization";

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The method.
    pub method: String,
    /// The path, from the version of the endpoint on.
    pub url: String,
    /// What is written.
    pub body: Option<Value>,
    /// What the settings are after it.
    pub state: Stamp,
}

impl Step {
    /// A member of its body that only beta has, if there is one.
    pub fn of_beta(&self) -> Option<&str> {
        let path = self.url.strip_prefix(POLICY).unwrap_or_default();
        let shape = match path {
            "" => &shape::POLICY,
            "/default" => &shape::DEFAULT,
            path if path.ends_with(SYNCHRONIZATION) => &shape::SYNCHRONIZATION,
            _ => &shape::PARTNER,
        };
        let mut members = self.body.as_ref()?.as_object()?.keys();
        let of_beta = |name: &&String| shape.member(name).is_some_and(Member::is_beta);
        members.find(of_beta).map(String::as_str)
    }

    /// Whose entry it changes; none if it changes the policy or the default.
    pub fn partner(&self) -> Option<TenantId> {
        let path = self.url.strip_prefix(POLICY)?.strip_prefix("/partners")?;
        match path.split('/').nth(1) {
            Some(id) => id.parse().ok(),
            None => self.body.as_ref()?.get("tenantId")?.as_str()?.parse().ok(),
        }
    }
}

/// The requests, and what they come to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose settings.
    pub tenant: TenantId,
    /// What the settings are before.
    pub state: Stamp,
    /// The requests, in their order; none if everything is as wanted.
    pub steps: Vec<Step>,
    /// The settings after each of them.
    pub states: Vec<Policy>,
}

impl Plan {
    /// The settings when everything has been done.
    pub fn after(&self) -> Option<&Policy> {
        self.states.last()
    }
}

/// Finds the requests.
pub fn make(world: &World, tenant: TenantId, wanted: &Wanted) -> Result<Plan> {
    let root = Path::root();
    let mut work = Work::new(world, tenant).ok_or_else(|| {
        let message = format!("the settings of tenant {tenant} are not known here");
        Fault::new(&root, message)
    })?;
    // The object is named as a whole, since its members stand at the top of the file.
    work.change(POLICY.to_owned(), &wanted.policy, &root, Object::Policy)?;
    let partners = root.member("partners");
    for is_new in [true, false] {
        for (name, id, entry) in &wanted.partners {
            let known = work.policy().partners.get(*id).is_some();
            if let (Entry::Saying(members), true) = (entry, known != is_new) {
                work.entry(*id, members, &partners.member(name))?;
            }
        }
    }
    let path = root.member("default");
    work.change(
        format!("{POLICY}/default"),
        &wanted.default,
        &path,
        Object::Default,
    )?;
    for (name, id, entry) in &wanted.partners {
        if *entry == Entry::Absent {
            work.remove(*id, &partners.member(name))?;
        }
    }
    if wanted.removes_unlisted {
        let listed = |id: TenantId| wanted.partners.iter().any(|(_, listed, _)| *listed == id);
        let unlisted: Vec<TenantId> = work
            .policy()
            .partners
            .iter()
            .map(|entry| entry.tenant)
            .collect();
        for id in unlisted.into_iter().filter(|id| !listed(*id)) {
            work.remove(id, &root.member("unlisted"))?;
        }
    }
    Ok(work.plan)
}

/// One request as somebody wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, from the version of the endpoint on.
    pub url: String,
    /// What is written.
    pub body: Option<Value>,
}

impl Request {
    /// `PATCH` of the default, or of the entry of a partner.
    pub fn patch(partner: Option<TenantId>, body: Value) -> Self {
        Request {
            method: "PATCH".to_owned(),
            url: partner.map_or_else(|| format!("{POLICY}/default"), address),
            body: Some(body),
        }
    }
}

impl From<Step> for Request {
    fn from(step: Step) -> Self {
        Request {
            method: step.method,
            url: step.url,
            body: step.body,
        }
    }
}

/// Follows requests as they are written, one after the other, all or none of them.
///
/// # Errors
///
/// Which request would be refused, and where in its body, and why.
pub fn follow(
    world: &World,
    tenant: TenantId,
    requests: &[Request],
) -> std::result::Result<Plan, (usize, Fault)> {
    let root = Path::root();
    let mut work = Work::new(world, tenant).ok_or_else(|| {
        let message = format!("the settings of tenant {tenant} are not known here");
        (0, Fault::new(&root, message))
    })?;
    for (at, request) in requests.iter().enumerate() {
        let Request { method, url, body } = request;
        let object = Object::named(method, url, body.as_ref());
        if let (Object::Partner(id), "POST") = (object, method.as_str()) {
            work.register(id);
        }
        work.step(method, url.clone(), body.clone(), &root, object)
            .map_err(|fault| (at, fault))?;
    }
    Ok(work.plan)
}

#[derive(Clone, Copy)]
enum Object {
    Policy,
    Default,
    Partner(TenantId),
    Synchronization(TenantId),
}

impl Object {
    /// What a request is about; how it is judged does not depend on it.
    fn named(method: &str, url: &str, body: Option<&Value>) -> Self {
        let operation = graph::route::operation(method, url, body).ok();
        let in_address = operation.as_ref().and_then(Operation::partner).flatten();
        let added = || match operation {
            Some(Operation::AddPartner(_)) => body?.get("tenantId")?.as_str()?.parse().ok(),
            _ => None,
        };
        in_address
            .or_else(added)
            .map_or(Object::Default, Object::Partner)
    }

    const fn partner(self) -> Option<TenantId> {
        match self {
            Object::Partner(id) | Object::Synchronization(id) => Some(id),
            Object::Policy | Object::Default => None,
        }
    }
}

/// The settings as they are after the steps so far.
struct Work {
    world: World,
    plan: Plan,
    state: Stamp,
}

fn address(id: TenantId) -> String {
    format!("{POLICY}/partners/{id}")
}

impl Work {
    fn new(world: &World, tenant: TenantId) -> Option<Self> {
        let state = Stamp::of(world.policy(tenant)?);
        Some(Work {
            world: world.clone(),
            plan: Plan {
                tenant,
                state,
                steps: Vec::new(),
                states: Vec::new(),
            },
            state,
        })
    }

    fn policy(&self) -> &Policy {
        static NONE: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::default);
        self.world.policy(self.plan.tenant).unwrap_or(&NONE)
    }

    /// An entry with these members.
    fn entry(&mut self, id: TenantId, wanted: &Map<String, Value>, path: &Path) -> Result<()> {
        let mut members = wanted.clone();
        let synchronization = members.shift_remove(SYNCHRONIZATION);
        match self.policy().partners.get(id) {
            Some(_) => self.change(address(id), &members, path, Object::Partner(id))?,
            None => self.add(id, members, path)?,
        }
        let path = path.member(SYNCHRONIZATION);
        let url = format!("{}/{SYNCHRONIZATION}", address(id));
        let object = Object::Synchronization(id);
        let entry = self.policy().partners.get(id);
        let is_set = entry.is_some_and(|entry| entry.synchronization.is_some());
        match (synchronization, is_set) {
            (None, _) | (Some(Value::Null), false) => Ok(()),
            (Some(Value::Null), true) => self.step("DELETE", url, None, &path, object),
            (Some(body), false) => self.step("PUT", url, Some(body), &path, object),
            (Some(Value::Object(members)), true) => self.change(url, &members, &path, object),
            (Some(_), true) => Err(Fault::new(&path, "expected true, false, null or settings")),
        }
    }

    fn add(&mut self, id: TenantId, members: Map<String, Value>, path: &Path) -> Result<()> {
        let mut body = Map::new();
        body.insert("tenantId".to_owned(), id.to_string().into());
        body.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
        self.register(id);
        let url = format!("{POLICY}/partners");
        self.step("POST", url, Some(body.into()), path, Object::Partner(id))
    }

    /// Nobody can be asked which tenants there are: one that is added is taken to be one.
    fn register(&mut self, id: TenantId) {
        if self.world.tenant(id).is_none() {
            let own = self.world.tenant(self.plan.tenant);
            let cloud = own.map_or(Cloud::Commercial, |own| own.cloud);
            self.world.tenants.insert(id, Tenant::registered(id, cloud));
        }
    }

    fn remove(&mut self, id: TenantId, path: &Path) -> Result<()> {
        let Some(entry) = self.policy().partners.get(id) else {
            return Ok(());
        };
        if entry.synchronization.is_some() {
            let url = format!("{}/{SYNCHRONIZATION}", address(id));
            self.step("DELETE", url, None, path, Object::Synchronization(id))?;
        }
        self.step("DELETE", address(id), None, path, Object::Partner(id))
    }

    /// Changes what differs among these members, if anything does.
    fn change(
        &mut self,
        url: String,
        members: &Map<String, Value>,
        path: &Path,
        object: Object,
    ) -> Result<()> {
        if members.is_empty() {
            return Ok(());
        }
        let whole = Value::Object(members.clone());
        let (after, _) = self.judge("PATCH", &url, Some(&whole), path)?;
        let (now, then) = (
            rendered(self.policy(), object),
            rendered(
                after.policy(self.plan.tenant).unwrap_or(self.policy()),
                object,
            ),
        );
        let mut differing = members.clone();
        differing.retain(|name, _| now.get(name) != then.get(name));
        match differing.is_empty() {
            true => Ok(()),
            false => self.step("PATCH", url, Some(differing.into()), path, object),
        }
    }

    fn step(
        &mut self,
        method: &str,
        url: String,
        body: Option<Value>,
        path: &Path,
        object: Object,
    ) -> Result<()> {
        let (after, before) = self.judge(method, &url, body.as_ref(), path)?;
        self.world = after;
        self.state = self.state.after(&before, self.policy(), object.partner());
        self.plan.steps.push(Step {
            method: method.to_owned(),
            url,
            body,
            state: self.state,
        });
        self.plan.states.push(self.policy().clone());
        Ok(())
    }

    /// The world after a request, and the settings before it.
    fn judge(
        &self,
        method: &str,
        url: &str,
        body: Option<&Value>,
        path: &Path,
    ) -> Result<(World, Policy)> {
        let operation =
            graph::route::operation(method, url, body).map_err(|error| match error {
                graph::route::RouteError::Body(error) => {
                    Fault::new(&path.join(&error.path), error.message)
                }
                other => Fault::new(path, other.to_string()),
            })?;
        let actor = Actor {
            application: Some(ApplicationPermission::ReadWrite),
            ..Actor::default()
        };
        // How large a policy is on the wire matters to the server that keeps it.
        let outcome = administer(&self.world, self.plan.tenant, &actor, &operation, &|_| 0);
        if outcome.reason != Reason::Ok {
            let mut path = path.clone();
            for member in outcome.target.iter().flat_map(|target| target.split('.')) {
                path = path.member(member);
            }
            let reason = outcome.reason;
            let message = format!("{} [{}]", reason.sentence(), reason.as_str());
            return Err(Fault::new(&path, message));
        }
        let mut after = self.world.clone();
        after.apply(&outcome.effects);
        Ok((after, self.policy().clone()))
    }
}

/// What Graph would answer about the object.
fn rendered(policy: &Policy, object: Object) -> Value {
    let entry = |id| policy.partners.get(id);
    match object {
        Object::Policy => root::render(policy, Form::Export),
        Object::Default => defaults::render(&policy.defaults, policy.id, Form::Export),
        Object::Partner(id) => entry(id).map_or(Value::Null, written),
        Object::Synchronization(id) => {
            let entry = entry(id).map_or(Value::Null, written);
            entry.get(SYNCHRONIZATION).cloned().unwrap_or(json!({}))
        }
    }
}

fn written(entry: &Partner) -> Value {
    partner::render(entry, Expand::Synchronization, Form::Export)
}
