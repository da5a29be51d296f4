//! A log is written, exported, and tampered with in every way that was thought of.

use jiff::Timestamp;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use store::{AuditQuery, AuditRecord, Initiator, Moment, Order, Sqlite, Store, Target, Who};
use sts::StatementKey;
use uuid::Uuid;

use super::verify::{Evidence, Fault, HeadError, Verification, Verified};
use super::{HEAD, head, line, prune};

const LOG: Option<TenantId> = Some(TenantId::from_u128(7));
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A row of numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

fn system() -> Initiator {
    Initiator {
        who: Who::System,
        address: None,
        channel: None,
    }
}

fn record(number: u128) -> AuditRecord {
    AuditRecord {
        id: Uuid::from_u128(number + 1),
        tenant: LOG,
        time: Moment::from_nanoseconds(number as i128 * 1_000_000_000),
        correlation: Uuid::from_u128(number / 3),
        initiator: system(),
        service: "Core Directory".to_owned(),
        category: "CrossTenantAccessSettings".to_owned(),
        activity: format!("Activity {number}"),
        operation: "Update".to_owned(),
        failure: None,
        target: Target {
            kind: "Policy".to_owned(),
            id: None,
            display_name: None,
            user_principal_name: None,
        },
        modified: Vec::new(),
        details: vec![("number".to_owned(), number.to_string())],
        user_agent: None,
    }
}

async fn write(store: &dyn Store, numbers: std::ops::Range<u128>) {
    for number in numbers.step_by(2) {
        let records = [record(number), record(number + 1)];
        store.append_audit(&records).await.unwrap();
    }
}

async fn export(store: &dyn Store) -> Vec<String> {
    let query = AuditQuery {
        tenant: LOG,
        order: Order::OldestFirst,
        limit: 10_000,
        ..AuditQuery::default()
    };
    let rows = store.audit(&query).await.unwrap();
    rows.into_iter().map(|row| line(row).to_string()).collect()
}

fn verified(lines: &[String], heads: &[Value]) -> Verified {
    let evidence = Evidence::read(heads, &[]).unwrap();
    let mut verification = Verification::new(evidence);
    lines.iter().for_each(|line| verification.line(line));
    verification.end()
}

fn edit(line: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(line).unwrap();
    change(&mut value);
    value.to_string()
}

/// Works out all links anew, as somebody would who knows how.
fn chained(lines: &[String]) -> Vec<String> {
    let mut before = store::Link::BEGINNING;
    let chain = |line: &String| {
        let value: Value = serde_json::from_str(line).unwrap();
        let position = super::line::position_of_text(value["@comity.position"].as_str().unwrap());
        let entry = value["@comity.entry"].as_str().unwrap();
        before = before.next(LOG, position.unwrap(), entry);
        edit(line, |value| {
            value["@comity.link"] = before.to_string().into()
        })
    };
    lines.iter().map(chain).collect()
}

/// Another entry in the place of one: what it shows agrees with what it proves.
fn forged(line: &str, other: &str) -> String {
    let place: Value = serde_json::from_str(line).unwrap();
    edit(other, |value| {
        for member in ["@comity.position", "@comity.link"] {
            value[member] = place[member].clone();
        }
    })
}

/// The log in another form that it never had.
fn tampered(lines: &[String], how: usize, random: &mut Random) -> Vec<String> {
    let mut lines = lines.to_vec();
    let place = random.below(lines.len());
    let other = (place + 1 + random.below(lines.len() - 1)) % lines.len();
    let pick = random.below(4);
    match how {
        // Something is changed in an entry: what it proves, what it shows, where it stands, its link.
        0 => {
            lines[place] = edit(&lines[place], |value| {
                let entry = value["@comity.entry"].as_str().unwrap();
                let at = random.below(9);
                let entry = entry.replace("Activity ", &format!("Activity {at}"));
                value["@comity.entry"] = entry.into();
            });
        }
        1 => {
            let members = ["activityDisplayName", "result", "initiatedBy", "id"];
            lines[place] = edit(&lines[place], |value| value[members[pick]] = json!("other"));
        }
        2 => lines[place] = edit(&lines[place], |value| value["comment"] = json!("harmless")),
        3 => {
            lines[place] = edit(&lines[place], |value| {
                value.as_object_mut().unwrap().remove("resultReason");
            });
        }
        4 => {
            lines[place] = edit(&lines[place], |value| {
                value["@comity.position"] = "9999.0".into()
            })
        }
        5 => {
            let digits = "0123456789abcdef".repeat(4);
            lines[place] = edit(&lines[place], |value| value["@comity.link"] = digits.into());
        }
        // An entry is missing, there twice, or in another place.
        6 => drop(lines.remove(place)),
        7 => lines.insert(other, lines[place].clone()),
        8 => lines.swap(place, other),
        9 => lines[place] = forged(&lines[place], &lines[other]),
        // The end or the beginning is missing.
        10 => lines.truncate(place),
        11 => drop(lines.drain(..=place)),
        // The same by somebody who writes the whole chain anew.
        12 => {
            lines[place] = forged(&lines[place], &lines[other]);
            lines = chained(&lines);
        }
        13 => {
            lines.remove(place);
            lines = chained(&lines);
        }
        14 => {
            let last = lines.last().unwrap().clone();
            let next = edit(&forged(&last, &lines[place]), |value| {
                value["@comity.position"] = format!("{}.0", 10_000 + other).into();
            });
            lines.push(next);
            lines = chained(&lines);
        }
        // The line itself is broken, or of another log.
        15 => {
            let half = lines[place].len() / 2;
            lines[place].truncate(half);
        }
        _ => {
            lines[place] = edit(&lines[place], |value| {
                value["@comity.log"] = "operator".into()
            })
        }
    }
    lines
}

#[tokio::test]
async fn every_one_of_a_thousand_tamperings_is_found() {
    let store = Sqlite::in_memory().await.unwrap();
    write(&store, 0..60).await;
    let key = StatementKey::generate(0).unwrap();
    add(&store, &key).await;
    let heads = [head(&store, &key, LOG, NOW).await.unwrap()];
    let lines = export(&store).await;
    let whole = verified(&lines, &heads);
    assert_eq!((whole.entries, whole.faults.as_slice()), (60, &[][..]));
    let mut random = Random(0x5eed);
    for round in 0..1000 {
        let how = round % 17;
        let other = tampered(&lines, how, &mut random);
        assert_ne!(other, lines, "tampering {how} changed nothing");
        let verified = verified(&other, &heads);
        assert!(
            !verified.faults.is_empty(),
            "tampering {how} in round {round}"
        );
    }
}

async fn add(store: &dyn Store, key: &StatementKey) {
    let kept = store::SigningKey {
        id: key.public().id.clone(),
        purpose: "audit".to_owned(),
        sealed: None,
        public: key.public().jwk().to_string(),
        created: Moment::from_nanoseconds(0),
        retired: None,
    };
    store.add_key(&kept).await.unwrap();
}

#[tokio::test]
async fn a_pruned_log_verifies_after_its_checkpoint_and_only_there() {
    let store = Sqlite::in_memory().await.unwrap();
    let key = StatementKey::generate(0).unwrap();
    add(&store, &key).await;
    write(&store, 0..10).await;
    let early = head(&store, &key, LOG, NOW).await.unwrap();
    write(&store, 10..20).await;
    let before = Moment::from_nanoseconds(13 * 1_000_000_000);
    let full = export(&store).await;
    let pruned = prune(&store, &key, LOG, before, NOW, &system())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pruned.entries, 12);
    assert_eq!(
        prune(
            &store,
            &key,
            LOG,
            Moment::from_nanoseconds(0),
            NOW,
            &system()
        )
        .await
        .unwrap(),
        None
    );
    let late = head(&store, &key, LOG, NOW).await.unwrap();
    let rest = export(&store).await;
    assert_eq!(
        (
            rest.len(),
            verified(&rest, std::slice::from_ref(&late)).faults
        ),
        (8, vec![])
    );
    // The old head is about entries that have been pruned, and the full log still has both.
    assert_eq!(verified(&rest, &[early.clone(), late.clone()]).faults, []);
    assert_eq!(verified(&full, &[early.clone(), late.clone()]).faults, []);
    // With the old head alone nobody vouches for the rest, and one entry less is noticed.
    let unsigned = verified(&rest, std::slice::from_ref(&early));
    assert!(unsigned.faults.contains(&Fault::Unsigned { line: 1 }));
    assert_eq!(
        verified(&rest[1..], std::slice::from_ref(&late)).faults,
        [Fault::Beginning]
    );
    let nothing = verified(&[], &[late]);
    assert!(matches!(nothing.faults[..], [Fault::Head { .. }]));
    assert!(matches!(
        verified(&[], &[early]).faults[..],
        [Fault::Head { .. }]
    ));
}

#[tokio::test]
async fn a_head_that_was_changed_or_that_another_key_signed_is_refused() {
    let store = Sqlite::in_memory().await.unwrap();
    let key = StatementKey::generate(0).unwrap();
    add(&store, &key).await;
    write(&store, 0..2).await;
    let signed = head(&store, &key, LOG, NOW).await.unwrap();
    let refused = |head: Value| Evidence::read(&[head], &[]).map(|_| ());
    assert_eq!(refused(signed.clone()), Ok(()));
    let other = StatementKey::generate(0).unwrap();
    let mut forged = signed.clone();
    forged["head"] = other.sign(HEAD, &signed["statement"]).into();
    assert_eq!(refused(forged.clone()), Err(HeadError::Signature));
    // Whoever brings their own key along is found out by whoever knows ours.
    forged["keys"] = json!([other.public().jwk()]);
    let trusted = [key.public().clone()];
    let found = Evidence::read(&[forged], &trusted).map(|_| ());
    assert_eq!(found, Err(HeadError::Signature));
    let mut checkpoint = signed.clone();
    checkpoint["checkpoints"] = json!([signed["head"]]);
    assert_eq!(refused(checkpoint), Err(HeadError::Checkpoint(1)));
    assert_eq!(refused(json!({})), Err(HeadError::Form));
    let operators = head(&store, &key, None, NOW).await.unwrap();
    let two = Evidence::read(&[signed, operators], &[]).map(|_| ());
    assert!(matches!(two, Err(HeadError::OtherLog(..))));
}
