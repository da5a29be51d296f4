//! What holds for every sign-in in every world (S2, S8 to S11, S15, S25).

use std::collections::BTreeSet;

use comity_policy::decision::{Code, Verdict};
use comity_policy::reason::{Reason, Side};
use comity_policy::resolve::{self, Column, Origin};
use comity_policy::settings::{BlockName, Partner};
use comity_policy::sign_in::{Decision, Journey, SignIn, SignInAccount, decide};
use comity_policy::tenant::TenantId;
use comity_policy::world::World;
use proptest::prelude::*;

use crate::laws_block::narrower;
use crate::worlds::blocks::{PARTNER, application_target, block_for, user_target};
use crate::worlds::ids::{GROUPS, TENANTS, block_name, tenant_id};
use crate::worlds::{
    any_sign_in, conditional_access_policy, everybody, known_world, partner, policy, sign_in,
    trust, world,
};

/// What was decided, without the rows and findings that say how.
fn said(decision: &Decision) -> impl PartialEq + std::fmt::Debug + use<> {
    let Decision {
        verdict,
        reason,
        side,
        detail,
        origin,
        ..
    } = decision;
    (
        *verdict,
        *reason,
        *side,
        *detail,
        *origin,
        decision.redeemed,
    )
}

fn home(request: &SignIn) -> Option<TenantId> {
    match request.account {
        SignInAccount::Home { tenant, .. } => Some(tenant),
        SignInAccount::Guest(_) => None,
    }
}

/// Leaves the tenant registered and nothing more.
fn unhost(world: &mut World, id: TenantId) {
    if let Some(tenant) = world.tenants.get_mut(&id) {
        tenant.policy = None;
        tenant.directory = None;
        tenant.conditional_access.clear();
        tenant.domain_list = None;
    }
}

fn is_inbound(name: BlockName) -> bool {
    matches!(
        name,
        BlockName::B2bCollaborationInbound | BlockName::B2bDirectConnectInbound
    )
}

fn is_outbound(name: BlockName) -> bool {
    matches!(
        name,
        BlockName::B2bCollaborationOutbound | BlockName::B2bDirectConnectOutbound
    )
}

/// Replaces those blocks of one tenant, in its default and in every entry, by the other's.
fn exchange(
    world: &mut World,
    owner: TenantId,
    other: &comity_policy::settings::Policy,
    which: impl Fn(BlockName) -> bool,
) {
    let Some(policy) = world
        .tenants
        .get_mut(&owner)
        .and_then(|t| t.policy.as_mut())
    else {
        return;
    };
    for name in BlockName::ALL.into_iter().filter(|name| which(*name)) {
        policy
            .defaults
            .blocks
            .set(name, other.defaults.blocks.get(name).cloned());
        for tenant in TENANTS {
            let block = other
                .partners
                .get(tenant)
                .and_then(|entry| entry.blocks.get(name));
            if let Some(entry) = policy.partners.get_mut(tenant) {
                entry.blocks.set(name, block.cloned());
            }
        }
    }
}

proptest! {
    #[test]
    fn customizing_one_section_says_nothing_about_the_others(
        world in known_world(),
        (name, block) in block_name().prop_flat_map(|name| (Just(name), block_for(name, PARTNER))),
        flags in trust(),
    ) {
        // S2.1, S2.3, S2.4
        let (owner, other, stranger) = (TENANTS[0], TENANTS[1], TENANTS[2]);
        let before = world.policy(owner).unwrap();
        let mut after = before.clone();
        if after.partners.get(other).is_none() {
            after.partners.insert(Partner::new(other));
        }
        let entry = after.partners.get_mut(other).unwrap();
        entry.blocks.set(name, Some(block.clone()));
        let resolved = resolve::block(&after, other, name);
        prop_assert_eq!((resolved.value, resolved.origin), (block.complete(), Origin::Partner));
        for sibling in BlockName::ALL.into_iter().filter(|sibling| *sibling != name) {
            let was = resolve::block(before, other, sibling);
            prop_assert_eq!(resolve::block(&after, other, sibling), was);
        }
        for each in BlockName::ALL {
            let was = resolve::block(before, stranger, each);
            prop_assert_eq!(resolve::block(&after, stranger, each), was);
        }
        prop_assert_eq!(resolve::trust(&after, other), resolve::trust(before, other));

        let entry = after.partners.get_mut(other).unwrap();
        entry.trust = Some(flags.clone());
        let trust = resolve::trust(&after, other);
        for (flag, own) in [
            (trust.mfa, flags.mfa),
            (trust.compliant_device, flags.compliant_device),
            (trust.hybrid_joined_device, flags.hybrid_joined_device),
        ] {
            match own {
                Some(value) => prop_assert_eq!((flag.value, flag.origin), (value, Origin::Partner)),
                None => prop_assert_ne!(flag.origin, Origin::Partner),
            }
        }
    }

    #[test]
    fn an_entry_in_which_everything_is_inherited_changes_no_answer(
        mut world in known_world(),
        request in any_sign_in(),
        owner in tenant_id(),
        other in tenant_id(),
    ) {
        // S2.3, S2.7; within one cloud.
        if owner == other { return Ok(()); }
        let policy = world.tenants.get_mut(&owner).unwrap().policy.as_mut().unwrap();
        policy.partners.remove(other);
        let unlisted = decide(&world, &request);
        let policy = world.tenants.get_mut(&owner).unwrap().policy.as_mut().unwrap();
        policy.partners.insert(Partner::new(other));
        prop_assert_eq!(decide(&world, &request), unlisted);
        let entry = world.policy(owner).unwrap().partners.get(other).unwrap();
        for column in [Column::Inbound, Column::Outbound, Column::TenantRestrictions] {
            prop_assert_eq!(resolve::column_label(entry, column), "Inherited from default");
        }
    }

    #[test]
    fn inbound_of_the_home_tenant_and_outbound_of_the_resource_tenant_say_nothing(
        mut world in world(),
        request in sign_in(),
        others in policy(TENANTS[0]),
        trusts in proptest::option::of(trust()),
        asks in proptest::collection::vec(conditional_access_policy(), 0..2),
    ) {
        // S8.6, S8.7, S9.10, S10.1: double membership (S10.3) asks the same two blocks.
        let Some(home) = home(&request) else { return Ok(()) };
        if home == request.resource { return Ok(()); }
        let before = decide(&world, &request);
        exchange(&mut world, home, &others, is_inbound);
        exchange(&mut world, request.resource, &others, is_outbound);
        if let Some(tenant) = world.tenants.get_mut(&home) {
            tenant.conditional_access = asks;
            if let Some(policy) = &mut tenant.policy {
                policy.defaults.trust = trusts;
            }
        }
        prop_assert_eq!(decide(&world, &request), before);
    }

    #[test]
    fn the_blocks_of_one_kind_of_access_say_nothing_about_the_other(
        mut world in world(),
        request in sign_in(),
        others in policy(TENANTS[0]),
    ) {
        // S9.1, S8.12; direct connect blocks reach a guest through S10.3 only.
        let unasked = |name: BlockName| match request.journey {
            Journey::Collaboration => name.is_direct_connect(),
            Journey::DirectConnect => name.is_collaboration(),
            Journey::ServiceProvider => name != BlockName::TenantRestrictions,
        };
        for tenant in world.tenants.values_mut() {
            tenant.conditional_access.clear();
        }
        let before = decide(&world, &request);
        for owner in TENANTS {
            exchange(&mut world, owner, &others, unasked);
        }
        prop_assert_eq!(decide(&world, &request), before);
    }

    #[test]
    fn without_a_header_tenant_restrictions_touch_nothing(
        mut world in world(),
        request in sign_in(),
        others in policy(TENANTS[0]),
    ) {
        // S11.1, S11.2
        let before = decide(&world, &request);
        for owner in TENANTS {
            exchange(&mut world, owner, &others, |name| name == BlockName::TenantRestrictions);
        }
        prop_assert_eq!(decide(&world, &request), before);
    }

    #[test]
    fn a_header_that_passes_opens_nothing_and_one_that_does_not_ends_it(
        world in world(),
        request in any_sign_in(),
    ) {
        // S8.2
        let with = decide(&world, &request);
        let without = decide(&world, &SignIn { restrictions: None, ..request });
        match with.side {
            Some(Side::Policy) => prop_assert_eq!(with.verdict, Verdict::Block),
            _ => {
                prop_assert_eq!(said(&with), said(&without));
                prop_assert_eq!(with.effects, without.effects);
            }
        }
    }

    #[test]
    fn a_side_that_is_not_hosted_is_never_the_one_that_refuses(
        mut world in world(),
        request in sign_in(),
        absent in tenant_id(),
    ) {
        // S25.1. What can be reached by direct connect is configuration (S9.3), and a first access is
        // asked about unless both sides are known to have agreed (S9.7).
        unhost(&mut world, absent);
        let decision = decide(&world, &request);
        if decision.reason == Reason::DirectConnectAppUnsupported { return Ok(()); }
        if decision.reason == Reason::DirectConnectConsentRequired { return Ok(()); }
        let Some(home) = home(&request) else { return Ok(()) };
        let refuses = match decision.side {
            Some(Side::Home) => Some(home),
            Some(Side::Resource) => Some(request.resource),
            _ => None,
        };
        if refuses == Some(absent) && home != request.resource {
            prop_assert_eq!(decision.reason, Reason::NotHosted);
            let judges = [home, request.resource].map(|id| world.policy(id).is_some());
            prop_assert!(world.both_sides_required || judges == [false, false]);
        }
    }

    #[test]
    fn hosting_one_side_less_removes_that_sides_judgement_and_nothing_else(
        mut world in known_world(),
        request in sign_in(),
        home_absent: bool,
    ) {
        // S25.1: the groups are told, nothing has to be accepted, and no policy looks at whether
        // the user could have come by direct connect (S10.3).
        let SignInAccount::Home { tenant, user, .. } = request.account else { return Ok(()) };
        if tenant == request.resource { return Ok(()); }
        for tenant in world.tenants.values_mut() {
            tenant.conditional_access.clear();
        }
        let directory = world.tenant(tenant).unwrap().directory.as_ref().unwrap();
        let groups = directory.users.get(&user).and_then(|user| user.groups.as_ref());
        let groups = groups.map(|direct| directory.closure(direct)).unwrap_or_default();
        let request = SignIn {
            account: SignInAccount::Home { tenant, user, groups: Some(groups) },
            consent_accepted: true,
            ..request
        };
        let (absent, side) = match home_absent {
            true => (tenant, Side::Home),
            false => (request.resource, Side::Resource),
        };
        let both = decide(&world, &request);
        unhost(&mut world, absent);
        let one = decide(&world, &request);
        match (both.verdict, both.side) {
            (Verdict::Allow, _) => prop_assert_eq!(one.verdict, Verdict::Allow),
            (_, Some(refused)) if refused != side => {
                prop_assert_eq!((one.verdict, one.reason), (both.verdict, both.reason));
            }
            _ => {}
        }
        let noted = one.findings.iter().any(|finding| {
            finding.side == Some(side) && finding.code == Code::Reason(Reason::NotHosted)
        });
        prop_assert!(noted);
    }

    #[test]
    fn a_verdict_reached_without_knowing_groups_holds_for_every_answer(
        mut world in known_world(),
        request in any_sign_in(),
    ) {
        // S25.3: of the account at home and of its object.
        let forgotten = |world: &World| {
            let mut world = world.clone();
            for tenant in world.tenants.values_mut() {
                everybody(tenant, |user| user.groups = None);
            }
            world
        };
        let request = match request.account {
            SignInAccount::Home { tenant, user, .. } => SignIn {
                account: SignInAccount::Home { tenant, user, groups: None },
                ..request
            },
            SignInAccount::Guest(_) => request,
        };
        let decision = decide(&forgotten(&world), &request);
        if decision.reason == Reason::GroupsUnknown { return Ok(()); }
        for chosen in 0..1_usize << GROUPS.len() {
            let groups: BTreeSet<_> = GROUPS
                .iter()
                .enumerate()
                .filter(|(at, _)| chosen >> at & 1 == 1)
                .map(|(_, group)| *group)
                .collect();
            for tenant in world.tenants.values_mut() {
                everybody(tenant, |user| user.groups = Some(groups.clone()));
            }
            prop_assert_eq!(decide(&world, &request).verdict, decision.verdict);
        }
    }

    #[test]
    fn one_more_policy_never_makes_a_verdict_milder(
        mut world in known_world(),
        request in any_sign_in(),
        policy in conditional_access_policy(),
        first: bool,
    ) {
        // S10.5
        let before = decide(&world, &request);
        let tenant = world.tenants.get_mut(&request.resource).unwrap();
        let at = if first { 0 } else { tenant.conditional_access.len() };
        tenant.conditional_access.insert(at, policy);
        prop_assert!(decide(&world, &request).verdict >= before.verdict);
    }

    #[test]
    fn one_more_policy_never_turns_a_block_into_an_allow_whatever_is_unknown(
        mut world in world(),
        request in any_sign_in(),
        policy in conditional_access_policy(),
    ) {
        // S10.5, S25
        let before = decide(&world, &request);
        if before.verdict != Verdict::Block { return Ok(()); }
        let tenant = world.tenants.get_mut(&request.resource).unwrap();
        tenant.conditional_access.push(policy);
        prop_assert_ne!(decide(&world, &request).verdict, Verdict::Allow);
    }

    #[test]
    fn naming_less_in_a_collaboration_block_lets_nobody_in(
        mut world in known_world(),
        request in sign_in(),
        inbound: bool,
        user in user_target(),
        app in application_target(),
    ) {
        // S3.8, S8.6, S8.7
        let Some(home) = home(&request) else { return Ok(()) };
        let (owner, other, name) = match inbound {
            true => (request.resource, home, BlockName::B2bCollaborationInbound),
            false => (home, request.resource, BlockName::B2bCollaborationOutbound),
        };
        if owner == other { return Ok(()); }
        let before = decide(&world, &request);
        let policy = world.tenants.get_mut(&owner).unwrap().policy.as_mut().unwrap();
        let wide = resolve::block(policy, other, name).value;
        if policy.partners.get(other).is_none() {
            policy.partners.insert(Partner::new(other));
        }
        let narrow = narrower(&wide, &user, &app);
        policy.partners.get_mut(other).unwrap().blocks.set(name, Some(narrow.into()));
        let after = decide(&world, &request);
        prop_assert!(after.verdict >= before.verdict, "{:?} then {:?}", before, after);
    }

    #[test]
    fn every_judged_crossing_leaves_one_row_in_each_hosted_log_with_one_code(
        world in world(),
        request in any_sign_in(),
    ) {
        // S15.1, S15.3, S15.5, S15.6, S15.7
        let decision = decide(&world, &request);
        let code = decision.error_code();
        prop_assert!(decision.rows.iter().all(|row| row.error_code == code));
        prop_assert_eq!(code == 0, decision.verdict == Verdict::Allow);
        let logs: Vec<TenantId> = decision
            .rows
            .iter()
            .filter(|row| !row.masked)
            .map(|row| row.tenant)
            .collect();
        // A guest may turn out to be an account of a tenant (S1.4).
        let home = decision.rows.iter().find_map(|row| row.home_tenant).or(home(&request));
        let mut expected: Vec<TenantId> = home.into_iter().collect();
        if home != Some(request.resource) {
            expected.push(request.resource);
        }
        expected.retain(|id| world.policy(*id).is_some());
        prop_assert_eq!(logs, expected);
        let masked: Vec<_> = decision.rows.iter().filter(|row| row.masked).collect();
        prop_assert!(masked.len() <= 1);
        for row in masked {
            prop_assert!(row.is_tenant_restricted && row.tenant != request.resource);
            prop_assert!(Some(row.tenant) != home);
        }
    }

    #[test]
    fn every_refusal_has_a_finding_and_nothing_is_granted_without_one(
        world in world(),
        request in any_sign_in(),
    ) {
        // S8.1: the last finding that is not passed is the reason.
        let decision = decide(&world, &request);
        let deciding = decision.findings.iter().any(|finding| {
            finding.verdict == decision.verdict
                && finding.code == Code::Reason(decision.reason)
                && finding.side == decision.side
        });
        match decision.verdict {
            Verdict::Allow => {
                prop_assert!(decision.findings.iter().all(|f| f.verdict == Verdict::Allow));
                prop_assert!(matches!(decision.reason, Reason::Granted | Reason::NotCrossTenant));
            }
            Verdict::Block | Verdict::Challenge => prop_assert!(deciding),
        }
    }

    #[test]
    fn what_a_sign_in_changes_is_the_acceptance_of_its_own_object(
        world in world(),
        request in any_sign_in(),
    ) {
        // S8.9, S9.1: and afterwards it is not asked again.
        let decision = decide(&world, &request);
        prop_assert!(decision.effects.len() <= 1);
        prop_assert_eq!(decision.redeemed.is_some(), decision.effects.len() == 1);
        let mut after = world.clone();
        after.apply(&decision.effects);
        let again = decide(&after, &request);
        prop_assert_eq!((again.verdict, again.reason), (decision.verdict, decision.reason));
        prop_assert_eq!(again.redeemed, None);
    }

    #[test]
    fn a_partner_entry_of_somebody_else_is_nobodys_business(
        mut world in known_world(),
        request in sign_in(),
        entry in tenant_id().prop_flat_map(partner),
        owner in tenant_id(),
    ) {
        // S2.1: only the entries of the two tenants for one another are asked.
        let Some(home) = home(&request) else { return Ok(()) };
        let pair = [home, request.resource];
        if owner == entry.tenant { return Ok(()); }
        if pair.contains(&owner) && pair.contains(&entry.tenant) { return Ok(()); }
        let before = decide(&world, &request);
        let policy = world.tenants.get_mut(&owner).unwrap().policy.as_mut().unwrap();
        policy.partners.insert(entry);
        prop_assert_eq!(decide(&world, &request), before);
    }
}
