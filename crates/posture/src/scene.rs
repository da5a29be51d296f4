//! What every check looks at.

use policy::resolve::{self, Effective, Origin};
use policy::settings::{BlockName, CompleteBlock, Partner, Policy};
use policy::target::{Access, ApplicationId, UserId};
use policy::tenant::TenantId;
use preview::difference::{self, Applications, Person, Region, Witness};

use crate::Subject;
use crate::exposure::Exposure;
use crate::finding::{Setting, Source, Whom};

/// The last of the ids that stand for whoever is on no list.
const NOBODY_LISTED: u128 = 0xffff_ffff_ffff_4fff_bfff_ffff_ffff_ffff;

pub(crate) struct Scene<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) exposure: Exposure,
    /// A tenant that nobody has listed.
    stranger: TenantId,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(subject: &Subject<'a>) -> Self {
        let Subject {
            world,
            tenant,
            policy,
            ..
        } = *subject;
        let is_free = |id: &TenantId| {
            policy.partners.get(*id).is_none() && *id != tenant && world.tenant(*id).is_none()
        };
        let mut ids = (0..=NOBODY_LISTED).rev().map(TenantId::from_u128);
        Scene {
            subject: *subject,
            exposure: Exposure::of(world, tenant, policy),
            stranger: ids
                .find(is_free)
                .unwrap_or(TenantId::from_u128(NOBODY_LISTED)),
        }
    }

    /// The tenant that stands for them.
    pub(crate) const fn tenant(&self, whom: Whom) -> TenantId {
        match whom {
            Whom::Everyone => self.stranger,
            Whom::Partner(partner) => partner,
        }
    }

    pub(crate) fn partners(&self) -> impl Iterator<Item = &'a Partner> + use<'a> {
        self.subject.policy.partners.iter()
    }

    /// Everyone who is not listed, and each partner.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Whom> + use<'a> {
        let partners = self.partners().map(|partner| Whom::Partner(partner.tenant));
        [Whom::Everyone].into_iter().chain(partners)
    }

    pub(crate) fn block(&self, name: BlockName, whom: Whom) -> Effective<CompleteBlock> {
        resolve::block(self.subject.policy, self.tenant(whom), name)
    }

    /// The default, and each partner that has customized the block: what a partner inherits is told
    /// once, where it can be changed.
    pub(crate) fn own_block(&self, name: BlockName) -> impl Iterator<Item = Source> {
        self.everybody().filter_map(move |whom| {
            let source = Source {
                setting: Setting::Block(name),
                whom,
                origin: self.block(name, whom).origin,
            };
            source.is_own().then_some(source)
        })
    }

    /// A request that passes the block towards them, if there is any.
    pub(crate) fn witness(&self, block: BlockName, whom: Whom) -> Option<(BlockName, Witness)> {
        let region = self.exposure.open(block, whom).next()?;
        Some((block, self.request(region, whom)))
    }

    /// The request of the region, put between the tenant and this other one: it is the same for all of
    /// those in the region.
    pub(crate) fn request(&self, region: &Region, whom: Whom) -> Witness {
        Witness {
            partner: self.tenant(whom),
            ..region.witness.clone()
        }
    }

    /// What they are called.
    pub(crate) fn called(&self, whom: Whom) -> String {
        match whom {
            Whom::Everyone => "every organization that is not listed".to_owned(),
            Whom::Partner(partner) => self.subject.names.tenant(partner),
        }
    }

    /// Where an administrator finds the setting.
    pub(crate) fn place(&self, whom: Whom) -> String {
        match whom {
            Whom::Everyone => "in the default settings".to_owned(),
            Whom::Partner(partner) => {
                format!("in the settings for {}", self.subject.names.tenant(partner))
            }
        }
    }

    /// Whether anybody could pass the block if it let everybody: whether it is the block that
    /// matters, and not the clouds or what kind of tenant it is.
    pub(crate) fn matters(&self, name: BlockName, whom: Whom) -> bool {
        let mut open = Policy {
            allowed_clouds: self.subject.policy.allowed_clouds.clone(),
            ..Policy::default()
        };
        let block = CompleteBlock::all(Access::Allowed).into();
        open.defaults.blocks.set(name, Some(block));
        if let Whom::Partner(partner) = whom {
            open.partners.insert(Partner::new(partner));
        }
        let request = Witness {
            partner: self.tenant(whom),
            person: Person {
                user: UserId::from_u128(NOBODY_LISTED),
                groups: Default::default(),
            },
            applications: Applications {
                client: None,
                resource: ApplicationId::from_u128(NOBODY_LISTED),
            },
        };
        let Subject { world, tenant, .. } = self.subject;
        difference::passes(world, tenant, &open, name, &request)
    }
}

impl Source {
    /// Whether the value stands where the source says, and is not inherited.
    pub(crate) fn is_own(&self) -> bool {
        match self.whom {
            Whom::Everyone => true,
            Whom::Partner(_) => self.origin == Origin::Partner,
        }
    }
}
