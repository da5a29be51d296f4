//! What running jobs do.

use jiff::Timestamp;

use super::*;

#[tokio::test]
async fn a_missing_switch_fails_the_whole_job_and_names_the_side() {
    // S12.4
    let server = Server::new().await;
    let job = create(&server, json!({})).await;
    let expected = |code: &'static str, side: &'static str| {
        let server = &server;
        let job = job.clone();
        async move {
            run(server).await;
            let status = status(server, &job).await;
            assert_eq!(status["lastRun"]["error"]["code"], code, "{status}");
            assert_eq!(status["lastRun"]["error"]["side"], side, "{status}");
            let row = ("other".into(), "failure".into(), code.into());
            assert!(log(server).await.contains(&row), "{code}");
            assert_eq!(act(server, &job, "start").await.status, 200);
        }
    };
    expected("sync_auto_redemption_missing", "source").await;
    allow_out(&server).await;
    expected("sync_inbound_not_allowed", "target").await;
    allow_in(&server).await;
    run(&server).await;
    let done = status(&server, &job).await;
    assert_eq!(done["lastRun"]["error"], Value::Null, "{done}");
    // Fred was invited before: his object is found, and nobody else is there.
    assert_eq!(done["lastRun"]["counts"]["unchanged"], 1, "{done}");
    // Switching it off deletes nobody (S12.10).
    let path = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let off = json!({"userSyncInbound": {"isSyncAllowed": false}});
    assert_eq!(server.patch(TARGET, &path, off).await.status, 204);
    act(&server, &job, "start").await;
    run(&server).await;
    assert_eq!(objects(&server).await.len(), 1);
}

#[tokio::test]
async fn people_are_made_kept_current_and_soft_deleted() {
    // S12.5 to S12.9
    let server = agreed(3).await;
    let job = create(&server, json!({})).await;
    run(&server).await;
    let first = status(&server, &job).await;
    assert_eq!(first["lastRun"]["kind"], "initial");
    assert_eq!(first["lastRun"]["counts"]["created"], 3, "{first}");
    assert_eq!(first["nextRun"], "2026-01-31T12:40:00Z");
    let made = objects(&server).await;
    let made = made
        .iter()
        .find(|user| user.stands_for(fabrikam(), member(1).id));
    let made = made.unwrap();
    assert_eq!(
        made.user_principal_name,
        "member1_fabrikam.com#EXT#@contoso.com"
    );
    assert!(made.managed_by_synchronization && made.user_type == UserType::Member);
    // One is renamed and disabled, one goes, and only they are looked at.
    let renamed = User {
        display_name: Some("First".to_owned()),
        enabled: false,
        ..member(1)
    };
    server
        .store
        .put_users(fabrikam(), &[renamed])
        .await
        .unwrap();
    server
        .store
        .delete_user(fabrikam(), member(2).id)
        .await
        .unwrap();
    act(&server, &job, "start").await;
    run(&server).await;
    let second = status(&server, &job).await;
    let counts = json!({
        "created": 0, "updated": 1, "unchanged": 0, "deleted": 1, "skipped": 0, "failed": 0,
    });
    assert_eq!(second["lastRun"]["kind"], "changes", "{second}");
    assert_eq!(second["lastRun"]["counts"], counts, "{second}");
    let now = objects(&server).await;
    assert_eq!(now.len(), 3);
    let first = now.iter().find(|user| user.id == made.id).unwrap();
    assert_eq!(
        (first.display_name.as_deref(), first.enabled),
        (Some("First"), false)
    );
    let rows = log(&server).await;
    let actions: Vec<&str> = rows.iter().map(|(action, _, _)| action.as_str()).collect();
    let count = |name| actions.iter().filter(|action| **action == name).count();
    assert_eq!(
        (count("create"), count("update"), count("delete")),
        (3, 1, 1),
        "{rows:?}"
    );
    // The target's log has it as well, by nobody of the target.
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category eq 'UserManagement'";
    let audits = server.get(TARGET, path).await;
    let audits = audits.body["value"].as_array().unwrap();
    assert_eq!(audits.len(), 5, "{audits:?}");
    assert_eq!(audits[0]["initiatedBy"]["app"]["displayName"], "Comity");
    assert_eq!(audits[0]["additionalDetails"][0]["value"], FABRIKAM);
    // A third time there is nothing to do, and nothing is written down.
    act(&server, &job, "start").await;
    run(&server).await;
    assert_eq!(log(&server).await.len(), rows.len());
    assert_eq!(
        status(&server, &job).await["lastRun"]["counts"]["deleted"],
        0
    );
}

#[tokio::test]
async fn somebody_the_target_deleted_comes_back_with_the_next_cycle() {
    // S7.7
    let server = agreed(1).await;
    let job = create(&server, json!({})).await;
    run(&server).await;
    let object = objects(&server).await.pop().unwrap();
    let path = format!("/v1.0/users/{}", object.id);
    assert_eq!(server.call(TARGET, "DELETE", &path, None).await.status, 204);
    act(&server, &job, "start").await;
    run(&server).await;
    let after = status(&server, &job).await;
    assert_eq!(after["lastRun"]["kind"], "full", "{after}");
    assert_eq!(after["lastRun"]["counts"]["created"], 1, "{after}");
}

#[tokio::test]
async fn who_was_deleted_can_be_taken_back() {
    let server = agreed(1).await;
    let job = create(&server, json!({})).await;
    run(&server).await;
    server
        .store
        .delete_user(fabrikam(), member(1).id)
        .await
        .unwrap();
    act(&server, &job, "start").await;
    run(&server).await;
    let path = "/v1.0/directory/deletedItems/microsoft.graph.user";
    let deleted = server.get(TARGET, path).await;
    let deleted = deleted.body["value"].as_array().unwrap();
    assert_eq!(deleted.len(), 1, "{deleted:?}");
    assert_eq!(deleted[0]["deletedDateTime"], NOW);
    let id = deleted[0]["id"].as_str().unwrap();
    let item = format!("/v1.0/directory/deletedItems/{id}");
    assert_eq!(server.get(TARGET, &item).await.body["id"], id);
    // Another tenant's program sees nobody.
    let other = Persona::Foreign(FABRIKAM, &["User.ReadWrite.All"]);
    assert_eq!(server.get(other, &item).await.status, 404);
    let restored = server
        .call(TARGET, "POST", &format!("{item}/restore"), None)
        .await;
    assert_eq!(
        (restored.status, &restored.body["id"]),
        (200, &json!(id)),
        "{restored:?}"
    );
    assert_eq!(
        server
            .get(TARGET, &format!("/v1.0/users/{id}"))
            .await
            .status,
        200
    );
    assert_eq!(server.get(TARGET, &item).await.status, 404);
    // It can be given up for good as well.
    let user = format!("/v1.0/users/{id}");
    assert_eq!(server.call(TARGET, "DELETE", &user, None).await.status, 204);
    assert_eq!(server.call(TARGET, "DELETE", &item, None).await.status, 204);
    assert_eq!(server.get(TARGET, &item).await.status, 404);
}

#[tokio::test]
async fn more_deletions_than_the_threshold_wait_for_an_administrator() {
    let server = agreed(4).await;
    let job = create(&server, json!({"accidentalDeletionThreshold": 2})).await;
    run(&server).await;
    for n in 1..=3 {
        server
            .store
            .delete_user(fabrikam(), member(n).id)
            .await
            .unwrap();
    }
    act(&server, &job, "start").await;
    run(&server).await;
    let waiting = status(&server, &job).await;
    assert_eq!(waiting["state"], "quarantine", "{waiting}");
    assert_eq!(waiting["quarantine"]["deletions"], 3);
    // Nothing was deleted, and nothing is until somebody says so.
    assert_eq!(objects(&server).await.len(), 5);
    assert_eq!(act(&server, &job, "start").await.status, 409);
    run(&server).await;
    assert_eq!(objects(&server).await.len(), 5);
    assert_eq!(act(&server, &job, "allowDeletions").await.status, 200);
    run(&server).await;
    let done = status(&server, &job).await;
    assert_eq!(done["state"], "active", "{done}");
    assert_eq!(done["lastRun"]["counts"]["deleted"], 3, "{done}");
    assert_eq!(objects(&server).await.len(), 2);
    // It was allowed once.
    server
        .store
        .put_users(fabrikam(), &[member(1), member(2), member(3)])
        .await
        .unwrap();
    act(&server, &job, "start").await;
    run(&server).await;
    let narrow = json!({"scope": {"users": []}});
    server
        .patch(SOURCE, &jobs(&format!("/{job}")), narrow)
        .await;
    run(&server).await;
    assert_eq!(status(&server, &job).await["state"], "quarantine");
}

/// When the lease of a replica that has died is over.
fn afterwards() -> Timestamp {
    "2026-01-31T12:02:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_run_that_was_left_goes_on_where_it_was_and_nothing_is_done_twice() {
    let server = agreed(7).await;
    let job = create(&server, json!({})).await;
    let mut killed = Synchronizer::new(server.app.clone()).with_page(2);
    for _ in 0..2 {
        assert!(killed.step().await.unwrap());
    }
    drop(killed);
    let left = status(&server, &job).await;
    assert_eq!(left["currentRun"]["phase"], "accounts", "{left}");
    let made = left["currentRun"]["counts"]["created"].as_u64().unwrap();
    assert!((1..7).contains(&made), "{left}");
    // As long as it may still be running nobody takes it.
    run(&server.replica()).await;
    assert_eq!(
        status(&server, &job).await["currentRun"]["id"],
        left["currentRun"]["id"]
    );
    run(&server.later(afterwards)).await;
    let done = status(&server, &job).await;
    assert_eq!(done["lastRun"]["id"], left["currentRun"]["id"], "{done}");
    assert_eq!(done["lastRun"]["counts"]["created"], 7, "{done}");
    let created = log(&server).await.into_iter();
    let created = created.filter(|(action, _, _)| action == "create").count();
    assert_eq!(created, 7);
    assert_eq!(objects(&server).await.len(), 8);
}

#[tokio::test]
async fn of_two_replicas_that_look_at_once_one_runs_the_job() {
    let server = agreed(9).await;
    let job = create(&server, json!({})).await;
    let other = server.replica();
    let mut one = Synchronizer::new(server.app.clone()).with_page(2);
    let mut two = Synchronizer::new(other.app.clone()).with_page(2);
    loop {
        let (one, two) = tokio::join!(one.step(), two.step());
        if !one.unwrap() && !two.unwrap() {
            break;
        }
    }
    let done = status(&server, &job).await;
    assert_eq!(done["lastRun"]["counts"]["created"], 9, "{done}");
    assert_eq!(log(&server).await.len(), 9);
    assert_eq!(objects(&server).await.len(), 10);
}

#[tokio::test]
async fn a_job_that_is_paused_or_changed_in_the_middle_of_a_run_stops_or_begins_anew() {
    let server = agreed(7).await;
    let job = create(&server, json!({})).await;
    let mut synchronizer = Synchronizer::new(server.app.clone()).with_page(2);
    assert!(synchronizer.step().await.unwrap());
    act(&server, &job, "pause").await;
    while synchronizer.step().await.unwrap() {}
    let paused = status(&server, &job).await;
    assert_eq!(paused["state"], "paused", "{paused}");
    // Fred, whom somebody invited before, and the first member.
    assert_eq!(objects(&server).await.len(), 2);
    act(&server, &job, "start").await;
    assert!(synchronizer.step().await.unwrap());
    let narrow = json!({"scope": {"users": [member(1).id.to_string()]}});
    let answer = server
        .patch(SOURCE, &jobs(&format!("/{job}")), narrow)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    while synchronizer.step().await.unwrap() {}
    let done = status(&server, &job).await;
    assert_eq!(done["lastRun"]["kind"], "initial", "{done}");
    // What synchronization made and nobody is to be pushed for any more went; Fred's stays.
    assert_eq!(objects(&server).await.len(), 2, "{done}");
}

#[tokio::test]
async fn one_account_that_cannot_be_kept_does_not_stop_the_others() {
    let server = agreed(3).await;
    let long = User {
        mail: Some(format!("{}@fabrikam.com", "x".repeat(1_000))),
        ..member(2)
    };
    server.store.put_users(fabrikam(), &[long]).await.unwrap();
    let job = create(&server, json!({})).await;
    run(&server).await;
    let done = status(&server, &job).await;
    assert_eq!(done["lastRun"]["counts"]["created"], 2, "{done}");
    assert_eq!(done["lastRun"]["counts"]["failed"], 1, "{done}");
    let failed = log(&server).await.into_iter();
    assert_eq!(
        failed.filter(|(_, status, _)| status == "failure").count(),
        1
    );
}

#[tokio::test]
async fn two_addresses_that_make_the_same_name_get_objects_of_their_own() {
    let server = agreed(0).await;
    let with = |n: u128, mail: &str| User {
        mail: Some(mail.to_owned()),
        ..member(n)
    };
    let people = [with(1, "a_b@fabrikam.com"), with(2, "a@b@fabrikam.com")];
    server.store.put_users(fabrikam(), &people).await.unwrap();
    create(&server, json!({})).await;
    run(&server).await;
    let names = objects(&server).await;
    let names: std::collections::BTreeSet<&str> = names
        .iter()
        .map(|user| user.user_principal_name.as_str())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[tokio::test]
async fn one_account_is_synchronized_on_demand() {
    let server = agreed(2).await;
    let job = create(&server, json!({"schedule": {"enabled": false}})).await;
    let path = jobs(&format!("/{job}/provisionOnDemand"));
    let ask = |n: u128| json!({"user": member(n).id.to_string()});
    let made = server.post(SOURCE, &path, ask(1)).await;
    assert_eq!(made.status, 200, "{made:?}");
    assert_eq!(made.body["action"], "create");
    assert_eq!(made.body["consentPrompt"], "suppressed");
    let again = server.post(SOURCE, &path, ask(1)).await;
    assert_eq!(again.body["reason"], "sync_updated");
    let nobody = server.post(SOURCE, &path, json!({"user": CRM})).await;
    assert_eq!(nobody.body["reason"], "sync_out_of_scope", "{nobody:?}");
    // Of the target's settings the source learns that they refuse.
    let block = json!({"b2bCollaborationInbound": all("blocked")});
    assert_eq!(
        server.patch(TARGET, &partner(FABRIKAM), block).await.status,
        204
    );
    let refused = server.post(SOURCE, &path, ask(2)).await;
    assert_eq!(refused.body["reason"], "inbound_blocked", "{refused:?}");
    assert_eq!(refused.body["detail"], Value::Null);
    let seen = server.post(Persona::Operator, &path, ask(2)).await;
    assert_eq!(seen.body["detail"], "all_access_blocked", "{seen:?}");
    assert_eq!(log(&server).await.len(), 5);
    assert_eq!(objects(&server).await.len(), 2);
}

#[tokio::test]
async fn a_row_of_the_log_has_graphs_members() {
    let server = agreed(1).await;
    let job = create(&server, json!({})).await;
    run(&server).await;
    let filter = format!("/v1.0/auditLogs/provisioning?$filter=jobId eq '{job}'");
    let rows = server.get(SOURCE, &filter).await;
    assert_eq!(rows.status, 200, "{rows:?}");
    let row = &rows.body["value"][0];
    assert_eq!(row["provisioningAction"], "create");
    assert_eq!(row["sourceSystem"]["id"], FABRIKAM);
    assert_eq!(row["targetSystem"]["id"], CONTOSO);
    assert_eq!(row["sourceIdentity"]["id"], member(1).id.to_string());
    assert_eq!(row["provisioningStatusInfo"]["status"], "success");
    assert_eq!(row["modifiedProperties"][0]["displayName"], "displayName");
    let id = row["id"].as_str().unwrap();
    let path = format!("/v1.0/auditLogs/provisioning/{id}");
    assert_eq!(server.get(SOURCE, &path).await.body["id"], *id);
    // It is the source's log.
    assert_eq!(server.get(TARGET, &path).await.status, 404);
    let theirs = server.get(TARGET, "/v1.0/auditLogs/provisioning").await;
    assert_eq!(theirs.body["value"], json!([]));
}
