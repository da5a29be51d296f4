//! What the server needs to remember.

use std::collections::BTreeSet;

use comity_store::{Client, ClientSecret, Error, Revision, SigningKey, Stored, Subject};

use super::Place;
use crate::sample::{CONTOSO, CRM, ERP, FABRIKAM, create, hosted, second};

fn client() -> Client {
    Client {
        id: CRM,
        tenant: CONTOSO,
        display_name: Some("Script".into()),
        secrets: vec![ClientSecret {
            id: "k1".into(),
            phc: "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA".into(),
            created: second(1),
            expires: None,
        }],
        permissions: BTreeSet::from(["Policy.Read.All".into()]),
        disabled: false,
    }
}

pub(crate) async fn a_client_belongs_to_one_tenant<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    store.put_client(&client()).await.unwrap();
    assert_eq!(store.client(CRM).await.unwrap(), Some(client()));
    assert_eq!(store.client(ERP).await.unwrap(), None);
    let disabled = Client {
        disabled: true,
        secrets: Vec::new(),
        ..client()
    };
    store.put_client(&disabled).await.unwrap();
    assert_eq!(
        store.clients(CONTOSO, None, 10).await.unwrap(),
        std::slice::from_ref(&disabled)
    );
    assert_eq!(store.clients(CONTOSO, Some(CRM), 10).await.unwrap(), []);
    let stolen = Client {
        tenant: FABRIKAM,
        ..client()
    };
    let error = store.put_client(&stolen).await.unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::Client(CRM))),
        "{error}"
    );
    let error = store.delete_client(FABRIKAM, CRM).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Client(CRM))),
        "{error}"
    );
    assert_eq!(store.client(CRM).await.unwrap(), Some(disabled));
    store.delete_client(CONTOSO, CRM).await.unwrap();
    assert_eq!(store.client(CRM).await.unwrap(), None);
    // A hash does not get into a log by accident.
    assert!(!format!("{:?}", client()).contains("argon2id"));
}

fn key(id: &str, purpose: &str, seconds: i64) -> SigningKey {
    SigningKey {
        id: id.into(),
        purpose: purpose.into(),
        sealed: Some(vec![0, 1, 255]),
        public: "{\"kty\":\"RSA\"}".into(),
        created: second(seconds),
        retired: None,
    }
}

pub(crate) async fn keys_are_added_retired_and_erased<P: Place>(place: P) {
    let store = place.open().await;
    for key in [
        key("b", "token", 2),
        key("a", "token", 1),
        key("c", "audit", 0),
    ] {
        store.add_key(&key).await.unwrap();
    }
    let error = store.add_key(&key("a", "audit", 9)).await.unwrap_err();
    assert!(matches!(error, Error::Taken(Subject::Key(_))), "{error}");
    let keys = [key("a", "token", 1), key("b", "token", 2)];
    assert_eq!(store.keys("token").await.unwrap(), keys);
    assert_eq!(store.keys("Token").await.unwrap(), []);
    store.retire_key("a", second(5)).await.unwrap();
    store.retire_key("a", second(6)).await.unwrap();
    store.erase_key("a").await.unwrap();
    let old = SigningKey {
        retired: Some(second(5)),
        sealed: None,
        ..key("a", "token", 1)
    };
    assert_eq!(
        store.keys("token").await.unwrap(),
        [old, key("b", "token", 2)]
    );
    for error in [
        store.retire_key("x", second(1)).await,
        store.erase_key("A").await,
    ] {
        let error = error.unwrap_err();
        assert!(matches!(error, Error::NotFound(Subject::Key(_))), "{error}");
    }
    assert!(!format!("{:?}", key("b", "token", 2)).contains("255"));
}

pub(crate) async fn a_value_is_written_by_one_of_many<P: Place>(place: P) {
    let store = place.open().await;
    assert_eq!(store.value("leader").await.unwrap(), None);
    for round in 0..5 {
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..6 {
            let store = store.clone();
            tasks.spawn(async move {
                let text = format!("{round}-{writer}");
                let written = store.put_value("leader", Revision(round), &text).await;
                match written {
                    Ok(revision) => {
                        assert_eq!(revision, Revision(round + 1));
                        Some(text)
                    }
                    Err(Error::Conflict {
                        of: Subject::Value(name),
                        expected,
                        found,
                    }) => {
                        assert_eq!(
                            (name.as_str(), expected, found),
                            ("leader", round, round + 1)
                        );
                        None
                    }
                    Err(error) => panic!("{error}: {error:?}"),
                }
            });
        }
        let written: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        let [text] = written.as_slice() else {
            panic!("{written:?}")
        };
        let stored = Stored {
            text: text.clone(),
            revision: Revision(round + 1),
        };
        assert_eq!(store.value("leader").await.unwrap(), Some(stored));
    }
}

pub(crate) async fn names_compare_byte_by_byte<P: Place>(place: P) {
    let store = place.open().await;
    for name in ["a", "A", "á", "a ", ""] {
        store.put_value(name, Revision(0), name).await.unwrap();
    }
    for name in ["a", "A", "á", "a ", ""] {
        assert_eq!(store.value(name).await.unwrap().unwrap().text, name);
    }
}
