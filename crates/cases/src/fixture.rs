//! The world that the cases of a file begin with: its `fixture`, and the names it gives to ids.

use std::collections::BTreeSet;

use graph::document::{Document, Path};
use graph::settings::Mode;
use graph::sign_in;
use graph::wire::{WireError, Wrong};
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::{Value, json};
use signins::event::SignIn;

use crate::given::Given;
use crate::members::{Members, Mistake, text};
use crate::names::Names;

/// The world as the steps of a case leave it.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Tenants, people, settings.
    pub world: World,
    /// The log that the reports look at.
    pub sign_ins: Vec<SignIn>,
    made: u32,
}

impl State {
    /// A state in which nothing has happened yet.
    pub fn new(world: World, sign_ins: Vec<SignIn>) -> Self {
        State {
            world,
            sign_ins,
            made: 0,
        }
    }

    /// An id for an object that a step makes: the same one in every run.
    pub(crate) fn new_object(&mut self) -> UserId {
        self.made = self.made.saturating_add(1);
        UserId::from_u128(MADE_HERE | u128::from(self.made))
    }
}

/// `00c0de00-0000-4000-8000-…`
const MADE_HERE: u128 = 0x00c0de00_0000_4000_8000_000000000000;

/// The fixture of a file.
#[derive(Clone, Debug)]
pub struct Fixture {
    value: Value,
    state: State,
}

impl Fixture {
    /// Reads the fixture at that path of a document in which names are replaced.
    pub fn read(value: &Value, path: &Path) -> Result<Self, Mistake> {
        let state = world(value).map_err(|mistake| Mistake {
            path: path.join(&mistake.path),
            ..mistake
        })?;
        Ok(Fixture {
            value: value.clone(),
            state,
        })
    }

    /// The world before anything has happened.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The world with the changes of one case. A mistake is told where the change is written.
    ///
    /// Only the tenants that change are read again, so that a case costs what it changes and not
    /// what the world holds.
    pub fn changed(&self, given: &[Given]) -> Result<State, Mistake> {
        let mut state = self.state.clone();
        if given.is_empty() {
            return Ok(state);
        }
        let mut value = match given.iter().any(Given::concerns_others) {
            true => self.value.clone(),
            false => self.part(given),
        };
        for change in given {
            change.apply(&mut value)?;
        }
        let mut part = world(&value).map_err(|mistake| {
            let mut later = given.iter().rev();
            let written = later.find_map(|change| change.origin(&mistake.path, &value));
            let first = given.first().map(|change| change.at().clone());
            Mistake {
                path: written.or(first).unwrap_or_default(),
                ..mistake
            }
        })?;
        let changed: BTreeSet<TenantId> = given.iter().map(Given::tenant).collect();
        for id in changed {
            match part.world.tenants.remove(&id) {
                Some(tenant) => state.world.tenants.insert(id, tenant),
                None => state.world.tenants.remove(&id),
            };
        }
        Ok(state)
    }

    /// The fixture with no other tenants than those that change.
    fn part(&self, given: &[Given]) -> Value {
        let tenants = self.value.get("tenants").and_then(Value::as_array);
        let changes = |tenant: &&Value| {
            let id = tenant_id(tenant);
            given.iter().any(|change| id == Some(change.tenant()))
        };
        let tenants = tenants.into_iter().flatten().filter(changes);
        json!({"tenants": tenants.cloned().collect::<Value>()})
    }
}

fn tenant_id(tenant: &Value) -> Option<TenantId> {
    tenant.get("tenantId")?.as_str()?.parse().ok()
}

fn world(value: &Value) -> Result<State, Mistake> {
    let fixture = graph::world::read(value).map_err(|error| wire(error, &Path::root()))?;
    Ok(State::new(fixture.world, fixture.sign_ins))
}

/// Rows of a sign-in log.
pub(crate) fn read_rows(value: &Value, path: &Path) -> Result<Vec<SignIn>, Mistake> {
    sign_in::read_all(value, Mode::Strict).map_err(|error| wire(error, path))
}

/// A value of Graph's that could not be read, seen from the document.
pub(crate) fn wire(error: WireError, path: &Path) -> Mistake {
    Mistake {
        path: path.join(&error.path),
        in_name: error.wrong == Wrong::Unknown,
        message: error.message,
    }
}

/// The names that a document gives to ids: `fixture.ids`, before any is replaced.
pub fn names(document: &Document) -> Result<Option<Names>, Mistake> {
    let Some(fixture) = document.value().get("fixture") else {
        return Ok(None);
    };
    let path = Path::root().member("fixture").member("ids");
    let Some(ids) = fixture.get("ids").filter(|ids| !ids.is_null()) else {
        return Ok(Some(Names::default()));
    };
    Members::of(ids, &path)?;
    let ids = ids.as_object().into_iter().flatten();
    let names = ids.map(|(name, id)| {
        let at = path.member(name.clone());
        if name.is_empty() || name.contains(['$', '/', ':']) || name.contains(char::is_whitespace) {
            let message = "expected a name without spaces, `$`, `/` and `:`";
            return Err(Mistake::in_name(&at, message));
        }
        Ok((name.clone(), text(id, &at)?.to_owned()))
    });
    let names: Result<Vec<(String, String)>, Mistake> = names.collect();
    names.map(|names| Some(Names::new(names)))
}
