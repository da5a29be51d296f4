//! The question of `decide` and `explain`, as arguments.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy::conditional_access::{Claims, Device};
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{Cloud, TenantId};
use policy::tenant_restrictions::{Carrier, Header};
use policy::world::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::exit::Failure;
use crate::remote::Login;
use crate::serve::runtime;
use crate::sides::{Known, Side, Sources};

/// What the sign-in log calls the kind of client, where nobody says: the same with files and with a
/// server.
const CLIENT_APP_USED: &str = "Browser";

/// Who, where to, and with what.
#[derive(Debug, Args)]
pub(crate) struct Question {
    #[command(flatten)]
    login: Login,
    /// The tenant whose client asks (COMITY_TENANT_ID)
    #[arg(long, value_name = "ID", help_heading = "Server")]
    tenant: Option<TenantId>,

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

impl Access {
    /// The word of the wire.
    const fn word(self) -> &'static str {
        match self {
            Access::Collaboration => "b2bCollaboration",
            Access::DirectConnect => "b2bDirectConnect",
            Access::ServiceProvider => "serviceProvider",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum CarrierName {
    #[default]
    Proxy,
    Universal,
    Windows,
}

impl CarrierName {
    /// The word of the wire.
    const fn word(self) -> &'static str {
        match self {
            CarrierName::Proxy => "proxy",
            CarrierName::Universal => "universal",
            CarrierName::Windows => "windows",
        }
    }
}

/// A side as a server knows it.
fn named(argument: &str, side: &Side) -> Result<String, Failure> {
    match side {
        Side::Id(id) => Ok(id.to_string()),
        Side::Export(..) => Err(Failure::broken(format!(
            "{argument}: a server knows tenants by their ids, not by files"
        ))
        .advise("the id of the tenant; `comity import --server` gives its settings to the server")),
    }
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
struct Asked {
    /// What is known.
    world: World,
    /// The request.
    request: SignIn,
    /// What the reader should know about the files.
    notes: Vec<String>,
}

impl Question {
    /// The answer: the server's, or what follows from the files.
    pub(crate) fn answer(&self) -> Result<Answer, Failure> {
        if self.login.is_given() {
            return runtime()?.block_on(self.ask());
        }
        let Asked {
            world,
            request,
            notes,
        } = self.read()?;
        let decision = decide(&world, &request);
        let rendered = graph::decision::render_explained(&request, &decision, &world);
        Answer::new(rendered, notes)
    }

    /// Asks the server.
    async fn ask(&self) -> Result<Answer, Failure> {
        let question = self.written()?;
        let session = self.login.enter(self.tenant).await?;
        let needed = "Decision.Read.All";
        let asked = session.call(Method::POST, "/comity/v1/decide", Some(&question), needed);
        let reply = asked.await?;
        let old =
            |age| format!("the server's database is away; its settings are {age} seconds old");
        Answer::new(reply.body, reply.age.map(old).into_iter().collect())
    }

    /// The question as a server reads it.
    fn written(&self) -> Result<Value, Failure> {
        let for_files = [
            ("--world", self.world.is_some()),
            ("--state", self.state.is_some()),
            ("--p1", self.p1),
            ("--home-cloud", self.home_cloud.is_some()),
            ("--resource-cloud", self.resource_cloud.is_some()),
            ("--both-sides", self.both_sides),
        ];
        if let Some((name, _)) = for_files.into_iter().find(|(_, given)| *given) {
            let message = format!("{name} is for questions to files; a server knows its tenants");
            return Err(Failure::broken(message).advise(format!("the same without {name}")));
        }
        let user: UserId = self.user.parse().map_err(|invalid| {
            Failure::broken(format!("--user: {invalid}"))
                .advise("a server is asked about the object id of the account")
        })?;
        let groups = self.stated_groups();
        let groups = groups.map(|groups| groups.iter().map(ToString::to_string).collect());
        let groups: Option<Vec<String>> = groups;
        Ok(json!({
            "op": "signin",
            "accessType": self.access.word(),
            "homeTenant": named("--home", &self.home)?,
            "user": user.to_string(),
            "groups": groups,
            "resourceTenant": named("--resource", &self.resource)?,
            "resourceAppId": self.app.to_string(),
            "clientAppId": self.client_app.map(|app| app.to_string()),
            "claims": self.written_claims(),
            "consentAccepted": self.consent_accepted,
            "firstAccess": self.first_access,
            "isInteractive": true,
            "clientAppUsed": CLIENT_APP_USED,
            "tenantRestrictionsHeader": self.restrictions,
            "signal": self.carrier.word(),
        }))
    }

    fn written_claims(&self) -> Value {
        let Claims {
            mfa,
            methods,
            device,
            resource_mfa,
            resource_methods,
            terms_accepted,
            // Nothing that can be said on the command line or asked of a server.
            outbound_consent: _,
        } = self.claims();
        let device = device.map(|device| {
            json!({
                "isCompliant": device.is_compliant,
                "trustType": device.is_hybrid_joined.then_some("ServerAd"),
            })
        });
        json!({
            "mfa": mfa,
            "methods": methods,
            "device": device,
            "resourceMfa": resource_mfa,
            "resourceMethods": resource_methods,
            "termsAccepted": terms_accepted,
        })
    }

    fn stated_groups(&self) -> Option<BTreeSet<GroupId>> {
        match (self.no_groups, self.groups.as_slice()) {
            (true, _) => Some(BTreeSet::new()),
            (false, []) => None,
            (false, groups) => Some(groups.iter().copied().collect()),
        }
    }

    /// Reads the files and puts the question together.
    fn read(&self) -> Result<Asked, Failure> {
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
        let account = SignInAccount::Home {
            tenant: home,
            user: self.user(&world, home)?,
            groups: self.stated_groups(),
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
            client_app_used: Some(CLIENT_APP_USED.to_owned()),
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
            outbound_consent: false,
        }
    }
}
