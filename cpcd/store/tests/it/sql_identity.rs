//! Users, sessions, used challenges, keys.

use std::time::Duration;

use cpcd_model::{
    Reason,
    id::{SessionId, UserId},
    permission::{Level, Permissions, Resource, Rule, Scope},
    user::User,
};
use cpcd_store::sql::{Priority, SealedKey, ServerIdentity, Session, SubjectKind};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::harness::{for_each_engine, for_each_place, insert_user, now, user, write};

#[tokio::test]
async fn a_user_is_found_by_id_name_and_key() {
    for_each_engine(async |store| {
        let alice = user("alice");
        let new = alice.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
        assert_eq!(store.get_user(alice.id).await.unwrap().as_ref(), Some(&alice));
        assert_eq!(store.get_user_by_name("alice").await.unwrap().as_ref(), Some(&alice));
        assert_eq!(store.get_user_by_key(&alice.public_key).await.unwrap().as_ref(), Some(&alice));
        assert_eq!(store.get_user(UserId::generate()).await.unwrap(), None);
        assert_eq!(store.get_user_by_name("Alice").await.unwrap(), None);
        assert_eq!(store.get_user_by_key(&[1; 32]).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_taken_name_and_a_taken_key_name_their_field() {
    for_each_engine(async |store| {
        let alice = user("alice");
        let new = alice.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
        let same_name = user("alice");
        let mut same_key = user("bob");
        same_key.public_key = alice.public_key;
        for (user, reason, field) in
            [(same_name, Reason::UsernameTaken, "username"), (same_key, Reason::KeyTaken, "public_key")]
        {
            let refused =
                store.write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_user(&user).await })).await;
            let error = refused.unwrap_err();
            assert_eq!((error.reason(), error.fields()[0].field.as_str()), (reason, field));
        }
        assert_eq!(store.count_users().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn users_are_listed_in_pages() {
    for_each_engine(async |store| {
        let mut ids = Vec::new();
        for name in ["c", "a", "b", "d", "e"] {
            ids.push(insert_user(&store, name).await);
        }
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = store.list_users(after, 2).await.unwrap();
            assert!(page.len() <= 2);
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            listed.extend(page.into_iter().map(|user| user.id));
        }
        assert_eq!(listed, ids);
        assert_eq!(store.count_users().await.unwrap(), 5);
    })
    .await;
}

fn scoped(resource: Resource, level: Level, scope: Scope) -> Rule {
    Rule { scope: Some(scope), ..Rule::on(resource, level) }
}

#[tokio::test]
async fn permissions_change_with_their_grants() {
    for_each_engine(async |store| {
        let alice = user("alice");
        let objects = [Uuid::now_v7(), Uuid::now_v7()];
        let one = |object| Scope { object: Some(object), ..Scope::default() };
        let west = Scope { labels: [("region".into(), "eu-west".into())].into(), ..Scope::default() };
        let rules = vec![
            Rule::on(Resource::Nodes, Level::Read),
            scoped(Resource::Nodes, Level::Write, west),
            scoped(Resource::Content, Level::Admin, one(objects[0])),
            scoped(Resource::Content, Level::Read, one(objects[1])),
        ];
        let first = Permissions::new(rules.clone()).unwrap();
        let new = User { permissions: first.clone(), ..alice.clone() };
        write(&store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
        let stored = store.get_user(alice.id).await.unwrap().unwrap();
        assert_eq!((stored.permissions, stored.permission_epoch), (first, 3));

        let second = Permissions::new(vec![rules[1].clone(), rules[3].clone()]).unwrap();
        let (given, id) = (second.clone(), alice.id);
        let changed = write(&store, move |tx| {
            Box::pin(async move {
                tx.update_user_permissions(id, &given, 4).await?;
                tx.get_user(id).await
            })
        });
        assert_eq!(changed.await.unwrap().permissions, second);
        let stored = store.get_user_by_name("alice").await.unwrap().unwrap();
        assert_eq!((&stored.permissions, stored.permission_epoch), (&second, 4));
        assert_eq!(store.list_users(None, 10).await.unwrap(), [stored]);
    })
    .await;
}

#[tokio::test]
async fn those_with_admin_on_all_users_are_told() {
    for_each_engine(async |store| {
        let west = Scope { object: Some(Uuid::now_v7()), ..Scope::default() };
        let rules = [
            Rule::on(Resource::Users, Level::Admin),
            Rule::on(Resource::Users, Level::Write),
            Rule::on(Resource::Content, Level::Admin),
            scoped(Resource::Users, Level::Admin, west),
        ];
        let mut ids = Vec::new();
        for (number, rule) in rules.into_iter().enumerate() {
            let permissions = Permissions::new(vec![Rule::on(Resource::System, Level::Read), rule]).unwrap();
            let user = User { permissions, ..user(&format!("u{number}")) };
            ids.push(user.id);
            write(&store, move |tx| Box::pin(async move { tx.insert_user(&user).await })).await;
        }
        let first = ids[0];
        let admins = write(&store, move |tx| {
            Box::pin(async move {
                assert_eq!(tx.lock_user(first).await?.unwrap().id, first);
                assert_eq!(tx.lock_user(UserId::generate()).await?, None);
                tx.lock_user_admins().await
            })
        });
        assert_eq!(admins.await, [first]);
    })
    .await;
}

#[tokio::test]
async fn malformed_permissions_are_our_fault_and_open_nothing() {
    for_each_place(async |place| {
        let store = place.open().await;
        insert_user(&store, "alice").await;
        for json in [
            r#"{"rules":[{"resource":"content","level":"root"}]}"#,
            r#"{"rules":[],"admin":true}"#,
            "[]",
            r#"{"rules":[{"resource":"users","level":"read"},{"resource":"users","level":"admin"}]}"#,
        ] {
            crate::sql_schema::raw(place, &format!("UPDATE users SET permissions = '{json}'")).await;
            assert_eq!(store.get_user_by_name("alice").await.unwrap_err().reason(), Reason::Internal, "{json}");
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_is_there_until_it_has_expired() {
    for_each_engine(async |store| {
        let sessions = [(SubjectKind::User, 10), (SubjectKind::Node, 20)].map(|(subject_kind, seconds)| Session {
            id: SessionId::generate(),
            subject_id: Uuid::now_v7(),
            subject_kind,
            created_at: now(),
            expires_at: now() + Duration::from_secs(seconds),
            refresh_hash: (seconds == 10).then_some([7; 32]),
            bound_key: (seconds == 20).then_some([9; 32]),
            opened_with: (seconds == 20).then_some([8; 32]),
        });
        for session in sessions.clone() {
            write(&store, move |tx| Box::pin(async move { tx.insert_session(&session).await })).await;
        }
        for session in &sessions {
            assert_eq!(store.get_session(session.id).await.unwrap().as_ref(), Some(session));
        }
        let before = now() + Duration::from_secs(15);
        let deleted =
            write(&store, move |tx| Box::pin(async move { tx.delete_sessions_expired_before(before, 5_000).await }))
                .await;
        assert_eq!(deleted, 1);
        assert_eq!(store.get_session(sessions[0].id).await.unwrap(), None);
        assert!(store.get_session(sessions[1].id).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn an_ended_session_is_not_given() {
    for_each_place(async |place| {
        let store = place.open().await;
        let session = Session {
            id: SessionId::generate(),
            subject_id: Uuid::now_v7(),
            subject_kind: SubjectKind::User,
            created_at: now(),
            expires_at: now(),
            refresh_hash: None,
            bound_key: None,
            opened_with: None,
        };
        let id = session.id;
        write(&store, move |tx| Box::pin(async move { tx.insert_session(&session).await })).await;
        assert!(store.get_session(id).await.unwrap().is_some());
        crate::sql_schema::raw(place, "UPDATE sessions SET ended_at = created_at").await;
        assert_eq!(store.get_session(id).await.unwrap(), None);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_uses_of_a_challenge_one_counts() {
    for_each_engine(async |store| {
        let uses = (0..1_000).map(|_| {
            let store = store.clone();
            let job = async move {
                let use_up = store.write(Priority::Identity, |tx| {
                    Box::pin(async move { tx.insert_used_challenge(&[7; 16], now()).await })
                });
                use_up.await
            };
            tokio::spawn(job)
        });
        let uses = join_all(uses.collect::<Vec<_>>()).await;
        let won = uses.into_iter().map(|used| used.unwrap().unwrap()).filter(|won| *won).count();
        assert_eq!(won, 1);
    })
    .await;
}

#[tokio::test]
async fn used_challenges_are_cleared_away_after_their_time() {
    for_each_engine(async |store| {
        for id in [1, 2] {
            let expires = now() + Duration::from_secs(u64::from(id) * 10);
            let new =
                write(&store, move |tx| Box::pin(async move { tx.insert_used_challenge(&[id; 16], expires).await }));
            assert!(new.await);
        }
        let before = now() + Duration::from_secs(15);
        let deleted = write(&store, move |tx| {
            Box::pin(async move { tx.delete_used_challenges_expired_before(before, 5_000).await })
        });
        assert_eq!(deleted.await, 1);
        for (id, new) in [(1, true), (2, false)] {
            let used =
                write(&store, move |tx| Box::pin(async move { tx.insert_used_challenge(&[id; 16], now()).await }));
            assert_eq!(used.await, new, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn signing_keys_come_back_the_oldest_first() {
    for_each_engine(async |store| {
        assert!(store.list_signing_keys().await.unwrap().is_empty());
        let keys = [("b", 0), ("a", 1)].map(|(kid, seconds)| SealedKey {
            kid: kid.into(),
            sealed_secret: vec![0, 255, seconds],
            created_at: now() + Duration::from_secs(u64::from(seconds)),
            activated_at: (seconds == 1).then(now),
            retired_at: (seconds == 1).then(|| now() + Duration::from_secs(9)),
        });
        for key in keys.clone().into_iter().rev() {
            write(&store, move |tx| Box::pin(async move { tx.insert_signing_key(&key).await })).await;
        }
        assert_eq!(store.list_signing_keys().await.unwrap(), keys);
        let again = keys[0].clone();
        let refused =
            store.write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_signing_key(&again).await }));
        assert_eq!(refused.await.unwrap_err().reason(), Reason::WriteConflict);
    })
    .await;
}

#[tokio::test]
async fn a_store_has_one_identity() {
    for_each_engine(async |store| {
        assert_eq!(store.get_server_identity().await.unwrap(), None);
        let identity = |key| ServerIdentity {
            store_id: Uuid::now_v7(),
            sealed_key: vec![key; 60],
            root_key_fingerprint: vec![9; 32],
            created_at: now(),
            sealed_derivation: None,
        };
        let first = identity(1);
        for (identity, taken) in [(first.clone(), true), (identity(2), false)] {
            let written = store
                .write(Priority::Identity, move |tx| {
                    Box::pin(async move { tx.insert_server_identity(&identity).await })
                })
                .await;
            match written {
                Ok(()) => assert!(taken),
                Err(error) => assert_eq!((taken, error.reason()), (false, Reason::WriteConflict)),
            }
        }
        assert_eq!(store.get_server_identity().await.unwrap(), Some(first));
    })
    .await;
}
