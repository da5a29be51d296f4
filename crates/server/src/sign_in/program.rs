//! A program that signs in for itself is judged by tenant restrictions alone (S1.13, S11.9).

use policy::decision::Verdict;
use policy::tenant_restrictions::{Header, RestrictedAccess, RestrictedAccount, judge};
use store::TrustClaims;
use sts::Client;
use sts::refusal::{Code, Refusal};

use super::journey::carrier;
use super::judge::{GRAPH, keep};
use crate::context::Context;
use crate::error::Result;
use crate::question;
use crate::state::App;

/// Why the network it asks from does not let that program in, if it does not. The tenant whose policy
/// it is gets its masked row either way (S15.6).
pub(super) async fn restricted(
    app: &App,
    context: &Context,
    client: &Client,
    restrictions: Option<(String, String)>,
) -> Result<Option<Refusal>> {
    let Some((value, by)) = restrictions else {
        return Ok(None);
    };
    let access = RestrictedAccess {
        header: Some(Header {
            value,
            carrier: carrier(&by),
        }),
        account: RestrictedAccount::ServicePrincipal {
            home: Some(client.tenant),
        },
        resource: client.tenant,
        client_app: Some(client.id),
        resource_app: GRAPH,
    };
    let mut tenants = vec![client.tenant];
    tenants.extend(question::restricting(access.header.as_ref()));
    let sheet = app.effective.with(&tenants).await?;
    let restriction = judge(&sheet.world(&tenants), &access);
    drop(sheet);
    app.metrics.decided(restriction.verdict, restriction.reason);
    if let Some(row) = restriction.row_of_program(&access) {
        let programs = (uuid(client.id), uuid(GRAPH));
        let sign_in = (super::home::uuid(client.tenant), programs);
        let (claims, correlation) = (TrustClaims::default(), context.correlation());
        keep(app, context, sign_in, claims, &[row], correlation).await?;
    }
    Ok((restriction.verdict != Verdict::Allow).then(|| {
        let reason = restriction.reason;
        Refusal::new(Code::AccessDenied, reason.error_code(), reason.sentence())
    }))
}

fn uuid(id: policy::target::ApplicationId) -> uuid::Uuid {
    uuid::Uuid::from_u128(id.as_u128())
}
