//! The question of `decide` and `explain`, as arguments.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey, SignIn, SignInAccount};
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::Cloud;
use policy::tenant_restrictions::{Carrier, Header};
use policy::world::World;

use crate::exit::Failure;
use crate::sides::{Known, Side, Sources};

/// Who, where to, and with what.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The home tenant: a folder or file with its Graph export, or only its id
    #[arg(long, value_name = "EXPORT|ID", help_heading = "Tenants")]
    home: Side,
    /// The resource tenant: a folder or file with its Graph export, or only its id
    #[arg(long, value_name = "EXPORT|ID", help_heading = "Tenants")]
    resource: Side,
    /// A world file that knows further tenants, people and suites
    #[arg(long, value_name = "FILE", help_heading = "Tenants")]
    world: Option<PathBuf>,
    /// A folder that `comity import` keeps tenants in
    #[arg(long, value_name = "FOLDER", help_heading = "Tenants")]
    state: Option<PathBuf>,
    /// The tenants have P1, where nothing says so
    #[arg(long, help_heading = "Tenants")]
    p1: bool,
    /// The cloud of the home tenant, where the export does not say
    #[arg(long, value_name = "ENDPOINT", help_heading = "Tenants")]
    home_cloud: Option<Cloud>,
    /// The cloud of the resource tenant, where the export does not say
    #[arg(long, value_name = "ENDPOINT", help_heading = "Tenants")]
    resource_cloud: Option<Cloud>,
    /// Refuse unless the settings of both sides are given
    #[arg(long, help_heading = "Tenants")]
    both_sides: bool,

    /// The user: object id in the home tenant, or a user principal name a world file knows
    #[arg(long, value_name = "ID|UPN", help_heading = "Request")]
    user: String,
    /// A group the user is in, nested ones included; repeat for each
    #[arg(
        long = "group",
        value_name = "ID",
        conflicts_with = "no_groups",
        help_heading = "Request"
    )]
    groups: Vec<GroupId>,
    /// The user is in no group
    #[arg(long, help_heading = "Request")]
    no_groups: bool,
    /// The application being reached
    #[arg(long, value_name = "ID", help_heading = "Request")]
    app: ApplicationId,
    /// The client application
    #[arg(long, value_name = "ID", help_heading = "Request")]
    client_app: Option<ApplicationId>,
    /// How the user comes
    #[arg(long, value_enum, default_value_t, help_heading = "Request")]
    access: Access,
    /// The permission page was accepted
    #[arg(long, help_heading = "Request")]
    consent_accepted: bool,
    /// The first access by direct connect
    #[arg(long, help_heading = "Request")]
    first_access: bool,

    /// Multifactor authentication was done in the home tenant
    #[arg(long, help_heading = "Claims")]
    mfa: bool,
    /// A method used in the home tenant, for instance fido2 or password,sms; repeat for each
    #[arg(long = "method", value_name = "METHOD", help_heading = "Claims")]
    methods: Vec<String>,
    /// Multifactor authentication was done with the resource tenant
    #[arg(long, help_heading = "Claims")]
    resource_mfa: bool,
    /// A method used with the resource tenant; repeat for each
    #[arg(
        long = "resource-method",
        value_name = "METHOD",
        help_heading = "Claims"
    )]
    resource_methods: Vec<String>,
    /// What the home tenant says about the device; repeat for both
    #[arg(
        long = "device",
        value_enum,
        value_name = "CLAIM",
        help_heading = "Claims"
    )]
    device: Vec<DeviceClaim>,
    /// The terms of use of the resource tenant were accepted
    #[arg(long, help_heading = "Claims")]
    terms_accepted: bool,

    /// The header sec-Restrict-Tenant-Access-Policy: <tenant id>:<policy id>
    #[arg(long, value_name = "HEADER", help_heading = "Tenant restrictions")]
    restrictions: Option<String>,
    /// Who carries it
    #[arg(
        long,
        value_enum,
        default_value_t,
        help_heading = "Tenant restrictions"
    )]
    carrier: CarrierName,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
#[value(rename_all = "camelCase")]
enum Access {
    #[default]
    #[value(name = "b2bCollaboration")]
    Collaboration,
    #[value(name = "b2bDirectConnect")]
    DirectConnect,
    ServiceProvider,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum CarrierName {
    #[default]
    Proxy,
    Universal,
    Windows,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum DeviceClaim {
    /// The device is compliant
    Compliant,
    /// The device is hybrid joined
    HybridJoined,
    /// The device is known, and neither
    Known,
}

/// A question that can be answered.
pub(crate) struct Asked {
    /// What is known.
    pub(crate) world: World,
    /// The request.
    pub(crate) request: SignIn,
    /// What the reader should know about the files.
    pub(crate) notes: Vec<String>,
}

impl Question {
    /// Reads the files and puts the question together.
    pub(crate) fn read(&self) -> Result<Asked, Failure> {
        let sources = Sources {
            world: self.world.as_deref(),
            state: self.state.as_deref(),
            p1: self.p1,
            direct_connect: matches!(self.access, Access::DirectConnect),
        };
        let mut known = Known::read(&sources)?;
        let home = known.add(&self.home, self.home_cloud, &sources)?;
        let resource = known.add(&self.resource, self.resource_cloud, &sources)?;
        let Known { mut world, notes } = known;
        world.both_sides_required = self.both_sides;
        let groups = match (self.no_groups, self.groups.as_slice()) {
            (true, _) => Some(BTreeSet::new()),
            (false, []) => None,
            (false, groups) => Some(groups.iter().copied().collect()),
        };
        let account = SignInAccount::Home {
            tenant: home,
            user: self.user(&world, home)?,
            groups,
        };
        let request = SignIn {
            journey: match self.access {
                Access::Collaboration => Journey::Collaboration,
                Access::DirectConnect => Journey::DirectConnect,
                Access::ServiceProvider => Journey::ServiceProvider,
            },
            account,
            resource,
            client_app: self.client_app,
            resource_app: self.app,
            claims: self.claims(),
            consent_accepted: self.consent_accepted,
            first_access: self.first_access,
            is_interactive: true,
            client_app_used: None,
            restrictions: self.restrictions.as_ref().map(|value| Header {
                value: value.clone(),
                carrier: match self.carrier {
                    CarrierName::Proxy => Carrier::Proxy,
                    CarrierName::Universal => Carrier::Universal,
                    CarrierName::Windows => Carrier::Windows,
                },
            }),
        };
        Ok(Asked {
            world,
            request,
            notes,
        })
    }

    fn user(&self, world: &World, home: policy::tenant::TenantId) -> Result<UserId, Failure> {
        let invalid = match self.user.parse() {
            Ok(id) => return Ok(id),
            Err(invalid) => invalid,
        };
        let directory = world
            .tenant(home)
            .and_then(|tenant| tenant.directory.as_ref());
        let found = directory.and_then(|directory| directory.by_address(&self.user));
        match (found, directory) {
            (Some(user), _) => Ok(user.id),
            (None, Some(_)) => Err(Failure::broken(format!(
                "--user: the home tenant has no account `{}`",
                self.user
            ))),
            (None, None) => Err(Failure::broken(format!("--user: {invalid}")).advise(
                "give the object id; names can be used only with a --world that lists the people of the home tenant",
            )),
        }
    }

    fn claims(&self) -> Claims {
        let stated = |claim| self.device.contains(&claim);
        Claims {
            mfa: self.mfa,
            methods: self.methods.clone(),
            device: (!self.device.is_empty()).then(|| Device {
                is_compliant: stated(DeviceClaim::Compliant),
                is_hybrid_joined: stated(DeviceClaim::HybridJoined),
            }),
            resource_mfa: self.resource_mfa,
            resource_methods: self.resource_methods.clone(),
            terms_accepted: self.terms_accepted,
        }
    }
}
