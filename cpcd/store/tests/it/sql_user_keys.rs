//! Keys of users, recovery codes, and what ends with a key.

use std::time::Duration;

use cpcd_model::{
    Reason,
    id::{KeyId, SessionId, UserId},
    user::UserKey,
};
use cpcd_store::{
    Store,
    sql::{Priority, RevocationTarget, Session, SubjectKind},
};

use crate::{
    harness::{for_each_engine, for_each_place, insert_user, now, time, user, write},
    sql_schema::raw,
};

fn key(user_id: UserId, byte: u8) -> UserKey {
    UserKey {
        id: KeyId::generate(),
        user_id,
        public_key: [byte; 32],
        name: "l\u{e4}ptop".into(),
        created_at: now() + Duration::from_secs(1),
        last_used_at: None,
    }
}

async fn insert(store: &Store, key: &UserKey) {
    let key = key.clone();
    write(store, move |tx| Box::pin(async move { tx.insert_user_key("proof", &key).await })).await;
}

#[tokio::test]
async fn a_user_is_found_by_each_of_their_keys() {
    for_each_engine(async |store| {
        let alice = user("alice");
        let new = alice.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
        let bob = insert_user(&store, "bob").await;
        let (second, third) = (key(alice.id, 2), key(alice.id, 3));
        insert(&store, &second).await;
        insert(&store, &third).await;
        let listed = store.list_user_keys(alice.id, None, 9).await.unwrap();
        let first = UserKey {
            id: alice.id.uuid().into(),
            user_id: alice.id,
            public_key: alice.public_key,
            name: String::new(),
            created_at: alice.created_at,
            last_used_at: None,
        };
        assert_eq!(listed, [first.clone(), second.clone(), third.clone()]);
        assert_eq!(store.list_user_keys(alice.id, Some(first.id), 1).await.unwrap(), std::slice::from_ref(&second));
        for known in &listed {
            assert_eq!(store.get_user_key(known.id).await.unwrap().as_ref(), Some(known));
            assert_eq!(store.get_user_by_key(&known.public_key).await.unwrap().unwrap().id, alice.id);
        }

        // A key is one user's.
        for (owner, byte) in [(bob, 2), (alice.id, 2)] {
            let again = key(owner, byte);
            let refused = store.write(Priority::Identity, move |tx| {
                Box::pin(async move { tx.insert_user_key("proof", &again).await })
            });
            let error = refused.await.unwrap_err();
            assert_eq!((error.reason(), error.fields()[0].field.as_str()), (Reason::KeyTaken, "proof"));
        }

        // The user's own column follows the oldest that is left.
        let (id, gone) = (alice.id, first.id);
        let (deleted, again, left, has_old, has_new) = write(&store, move |tx| {
            Box::pin(async move {
                tx.ensure_user_key(id).await?;
                let (deleted, again) = (tx.delete_user_key(id, gone).await?, tx.delete_user_key(id, gone).await?);
                tx.update_first_key(id).await?;
                tx.note_user_keys_use(&[[3; 32]], now(), Duration::from_secs(60)).await?;
                tx.note_user_keys_use(&[[3; 32]], now() + Duration::from_secs(59), Duration::from_secs(60)).await?;
                let known = tx.share_known_keys(&[first.public_key, [2; 32]]).await?;
                let has = |key| known.iter().any(|known| known.key == key && known.user_id == id);
                Ok((deleted, again, tx.count_user_keys(id).await?, has(first.public_key), has([2; 32])))
            })
        })
        .await;
        assert_eq!((deleted, again, left, has_old, has_new), (true, false, 2, false, true));
        let found = store.get_user(alice.id).await.unwrap().unwrap();
        assert_eq!(found.public_key, second.public_key);
        assert!(store.get_user_by_key(&alice.public_key).await.unwrap().is_none());
        assert_eq!(store.get_user_key(third.id).await.unwrap().unwrap().last_used_at, Some(now()));
    })
    .await;
}

#[tokio::test]
async fn an_account_of_an_older_version_has_its_one_key() {
    for_each_place(async |place| {
        let store = place.open().await;
        let (alice, bob) = (user("alice"), insert_user(&store, "bob").await);
        let new = alice.clone();
        write(&store, move |tx| Box::pin(async move { tx.insert_user(&new).await })).await;
        raw(place, "DELETE FROM user_keys").await;
        assert_eq!(store.get_user_by_key(&alice.public_key).await.unwrap().unwrap().id, alice.id);
        let listed = store.list_user_keys(alice.id, None, 9).await.unwrap();
        assert_eq!((listed.len(), listed[0].public_key, listed[0].id), (1, alice.public_key, alice.id.uuid().into()));
        let theirs = UserKey { public_key: alice.public_key, ..key(bob, 0) };
        let refused = store
            .write(Priority::Identity, move |tx| Box::pin(async move { tx.insert_user_key("proof", &theirs).await }));
        assert_eq!(refused.await.unwrap_err().reason(), Reason::KeyTaken);
        let id = alice.id;
        let keys = write(&store, move |tx| {
            Box::pin(async move {
                let known = tx.share_known_keys(&[alice.public_key]).await?;
                assert_eq!(known.iter().map(|known| known.user_id).collect::<Vec<_>>(), [id]);
                tx.ensure_user_key(id).await?;
                tx.ensure_user_key(id).await?;
                tx.get_user_keys(id).await
            })
        });
        assert_eq!(keys.await, listed, "it has a row from now on");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sessions_end_with_the_key_that_opened_them() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let session = |owner: UserId, opened_with, seconds: u64| Session {
            id: SessionId::begun_at(now() + Duration::from_secs(seconds)),
            subject_id: owner.uuid(),
            subject_kind: SubjectKind::User,
            created_at: now(),
            expires_at: if seconds == 4 { now() } else { time("2030-01-02T03:04:05Z") },
            refresh_hash: None,
            bound_key: None,
            opened_with,
        };
        let sessions = [
            session(alice, Some([1; 32]), 0),
            session(alice, Some([2; 32]), 1),
            session(alice, None, 2),
            session(bob, Some([1; 32]), 3),
            session(alice, Some([1; 32]), 4),
        ];
        for session in sessions.clone() {
            write(&store, move |tx| Box::pin(async move { tx.insert_session(&session).await })).await;
        }
        assert_eq!(store.get_session(sessions[1].id).await.unwrap().as_ref(), Some(&sessions[1]));
        let forget = time("2026-03-05T00:00:00Z");
        let end = async || {
            let mut ended =
                write(&store, move |tx| Box::pin(tx.end_sessions_of_key(alice, &[1; 32], now(), forget))).await;
            ended.sort_unstable();
            ended
        };
        assert_eq!(end().await, [sessions[0].id, sessions[2].id], "its own, and those of which nobody knows");
        assert!(end().await.is_empty());
        let revoked = store.list_revocations(0, forget).await.unwrap();
        let mut targets: Vec<_> = revoked.into_iter().map(|(_, revocation)| revocation.target).collect();
        targets.sort_by_key(|target| format!("{target:?}"));
        let mut expected = [sessions[0].id, sessions[2].id].map(RevocationTarget::Session);
        expected.sort_by_key(|target| format!("{target:?}"));
        assert_eq!(targets, expected);
        let goes_on = async |session: &Session| store.get_session(session.id).await.unwrap().is_some();
        assert!(goes_on(&sessions[1]).await && goes_on(&sessions[3]).await && !goes_on(&sessions[0]).await);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_good_once() {
    for_each_engine(async |store| {
        let (alice, bob) = (insert_user(&store, "alice").await, insert_user(&store, "bob").await);
        let replace = async |hashes: Vec<[u8; 32]>| {
            write(&store, move |tx| {
                Box::pin(async move { tx.replace_recovery_codes(alice, None, &hashes, now()).await })
            })
            .await;
        };
        replace(vec![[1; 32], [2; 32]]).await;
        replace(vec![[2; 32], [3; 32]]).await;
        assert_eq!(store.count_recovery_codes(alice).await.unwrap(), 2);
        assert!(store.has_recovery_code(Some(alice), &[2; 32]).await.unwrap());
        assert!(!store.has_recovery_code(Some(alice), &[1; 32]).await.unwrap(), "it was replaced");
        assert!(!store.has_recovery_code(Some(bob), &[2; 32]).await.unwrap());
        assert!(!store.has_recovery_code(None, &[2; 32]).await.unwrap());
        let used = async |user: UserId| write(&store, move |tx| Box::pin(tx.use_recovery_code(user, &[2; 32]))).await;
        assert!(!used(bob).await && used(alice).await && !used(alice).await);
        assert_eq!(store.count_recovery_codes(alice).await.unwrap(), 1);
    })
    .await;
}
