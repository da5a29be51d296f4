//! The questions a case can ask: the operations of S22, each with exactly its members.
//!
//! Reading a question checks everything that does not need the world; asking it answers with every
//! field the operation knows, null where it does not apply, so that a case may expect any of them.
//! A question that changes something (an invitation, a write) changes the world it is asked in.

mod activity;
mod administration;
mod block;
mod invitation;
mod multitenant;
mod restriction;
mod settings;
mod sign_in;
mod synchronization;
mod wording;

use std::fmt;
use std::sync::Arc;

use graph::document::Path;
use policy::settings::Policy;
use policy::tenant::TenantId;
use serde_json::Value;

use crate::fixture::{State, wire};
use crate::members::{Members, Mistake, unknown_word};

/// Something that can be asked of a world.
pub(crate) trait Ask: fmt::Debug + Send + Sync {
    /// The answer. It can fail only because the world lacks what the question names.
    fn ask(&self, state: &mut State) -> Result<Value, Mistake>;
}

type Read = fn(&mut Members<'_>) -> Result<Box<dyn Ask>, Mistake>;

/// An operation of S22.
#[derive(Clone, Copy)]
pub struct Op {
    name: &'static str,
    read: Read,
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Op {
    /// Every operation.
    pub const ALL: [Op; 17] = [
        Op::new("block", block::judge),
        Op::new("reach", block::reach),
        Op::new("validate", block::validate),
        Op::new("resolve", settings::resolve),
        Op::new("partner", settings::partner),
        Op::new("invite", invitation::invite),
        Op::new("redeem", invitation::redeem),
        Op::new("signin", sign_in::read),
        Op::new("tenantRestrictions", restriction::read),
        Op::new("sync", synchronization::read),
        Op::new("mtoJoin", multitenant::read),
        Op::new("admin", administration::read),
        Op::new("summary", activity::summary),
        Op::new("workbook", activity::workbook),
        Op::new("pairs", activity::pairs),
        Op::new("panel", activity::panel),
        Op::new("trPanel", activity::restrictions),
    ];

    const fn new(name: &'static str, read: Read) -> Self {
        Op { name, read }
    }

    /// The name in a case.
    pub const fn as_str(self) -> &'static str {
        self.name
    }

    /// The operation of that name.
    pub fn from_name(name: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.name == name)
    }
}

/// One question, read and not yet asked.
#[derive(Clone, Debug)]
pub struct Question {
    op: Op,
    ask: Arc<dyn Ask>,
}

impl Question {
    /// Reads `op` and `in`, which stand at these paths.
    pub fn read(
        op: &str,
        op_path: &Path,
        input: &Value,
        input_path: &Path,
    ) -> Result<Self, Mistake> {
        let Some(op) = Op::from_name(op) else {
            return Err(unknown_word(op_path, op, Op::ALL.iter().map(|op| op.name)));
        };
        let mut members = Members::of(input, input_path)?;
        let ask = (op.read)(&mut members)?;
        members.finish()?;
        Ok(Question {
            op,
            ask: ask.into(),
        })
    }

    /// Which operation.
    pub fn op(&self) -> Op {
        self.op
    }

    /// Asks it.
    pub fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        self.ask.ask(state)
    }
}

/// A tenant that a question names, with its place, in case the world does not have it.
#[derive(Clone, Debug)]
struct NamedTenant {
    id: TenantId,
    at: Path,
}

impl NamedTenant {
    /// The member that must name a tenant.
    fn required(members: &mut Members<'_>, name: &'static str) -> Result<Self, Mistake> {
        let id = members.parsed(name)?;
        Ok(NamedTenant {
            id: members.required(name, id)?,
            at: members.path_of(name),
        })
    }

    /// The tenant, or the mistake that the world does not have it.
    fn known(&self, state: &State) -> Result<TenantId, Mistake> {
        match state.world.tenant(self.id) {
            Some(_) => Ok(self.id),
            None => Err(Mistake::at(
                &self.at,
                format!("the world has no tenant `{}`", self.id),
            )),
        }
    }

    /// The tenant's settings, or the mistake that they are not in the world.
    fn policy<'a>(&self, state: &'a State) -> Result<&'a Policy, Mistake> {
        self.known(state)?;
        state.world.policy(self.id).ok_or_else(|| {
            let message = format!("the settings of tenant `{}` are not in the world", self.id);
            Mistake::at(&self.at, message)
        })
    }
}
