//! A block and its halves.

use policy::settings::{Block, BlockName, Blocks};
use policy::target::{Access, ApplicationTarget, Half, Scope, Targets, UserTarget};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::spelling::{Spelled, Spelling};

/// A list of targets. An empty one cannot be read: the domain has no such value.
#[derive(Clone, Debug)]
pub(crate) struct TargetsText<T>(Targets<T>);

impl<T: Spelling + Clone> Serialize for TargetsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.as_slice().iter().cloned().map(Spelled))
    }
}

impl<'de, T: Spelling> Deserialize<'de> for TargetsText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Spelled<T>>::deserialize(deserializer)?;
        Targets::new(entries.into_iter().map(|entry| entry.0).collect())
            .map(TargetsText)
            .ok_or_else(|| D::Error::custom("a list of targets is empty"))
    }
}

/// Without `only` the half names everything.
#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(serialize = "T: Spelling + Clone", deserialize = "T: Spelling")
)]
pub(crate) struct HalfText<T> {
    access: Spelled<Access>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only: Option<TargetsText<T>>,
}

impl<T: Clone> From<&Half<T>> for HalfText<T> {
    fn from(half: &Half<T>) -> Self {
        let Half { access, scope } = half;
        HalfText {
            access: Spelled(*access),
            only: match scope {
                Scope::All => None,
                Scope::Only(targets) => Some(TargetsText(targets.clone())),
            },
        }
    }
}

impl<T> From<HalfText<T>> for Half<T> {
    fn from(text: HalfText<T>) -> Self {
        Half {
            access: text.access.0,
            scope: match text.only {
                None => Scope::All,
                Some(targets) => Scope::Only(targets.0),
            },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    users: Option<HalfText<UserTarget>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applications: Option<HalfText<ApplicationTarget>>,
}

impl From<&Block> for BlockText {
    fn from(block: &Block) -> Self {
        let Block {
            users,
            applications,
        } = block;
        BlockText {
            users: users.as_ref().map(HalfText::from),
            applications: applications.as_ref().map(HalfText::from),
        }
    }
}

impl From<BlockText> for Block {
    fn from(text: BlockText) -> Self {
        Block {
            users: text.users.map(Half::from),
            applications: text.applications.map(Half::from),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BlocksText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collaboration_inbound: Option<BlockText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collaboration_outbound: Option<BlockText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    direct_connect_inbound: Option<BlockText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    direct_connect_outbound: Option<BlockText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_restrictions: Option<BlockText>,
}

impl BlocksText {
    /// For `skip_serializing_if`: nothing is customized.
    pub(crate) fn is_empty(&self) -> bool {
        BlockName::ALL.iter().all(|name| self.of(*name).is_none())
    }

    fn of(&self, name: BlockName) -> Option<&BlockText> {
        match name {
            BlockName::B2bCollaborationInbound => self.collaboration_inbound.as_ref(),
            BlockName::B2bCollaborationOutbound => self.collaboration_outbound.as_ref(),
            BlockName::B2bDirectConnectInbound => self.direct_connect_inbound.as_ref(),
            BlockName::B2bDirectConnectOutbound => self.direct_connect_outbound.as_ref(),
            BlockName::TenantRestrictions => self.tenant_restrictions.as_ref(),
        }
    }
}

impl From<&Blocks> for BlocksText {
    fn from(blocks: &Blocks) -> Self {
        let text = |name| blocks.get(name).map(BlockText::from);
        BlocksText {
            collaboration_inbound: text(BlockName::B2bCollaborationInbound),
            collaboration_outbound: text(BlockName::B2bCollaborationOutbound),
            direct_connect_inbound: text(BlockName::B2bDirectConnectInbound),
            direct_connect_outbound: text(BlockName::B2bDirectConnectOutbound),
            tenant_restrictions: text(BlockName::TenantRestrictions),
        }
    }
}

impl From<BlocksText> for Blocks {
    fn from(text: BlocksText) -> Self {
        let mut blocks = Blocks::default();
        for (name, block) in [
            (
                BlockName::B2bCollaborationInbound,
                text.collaboration_inbound,
            ),
            (
                BlockName::B2bCollaborationOutbound,
                text.collaboration_outbound,
            ),
            (
                BlockName::B2bDirectConnectInbound,
                text.direct_connect_inbound,
            ),
            (
                BlockName::B2bDirectConnectOutbound,
                text.direct_connect_outbound,
            ),
            (BlockName::TenantRestrictions, text.tenant_restrictions),
        ] {
            blocks.set(name, block.map(Block::from));
        }
        blocks
    }
}
