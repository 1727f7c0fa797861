//! Friends, and the column of users that says the same.

use cpcd_model::{
    content::Visibility,
    friend::{FriendAction, Pair, Stance},
    id::UserId,
    query::Viewer,
};
use cpcd_store::{
    Store,
    sql::{FriendList, Priority},
};
use futures_util::future::join_all;

use crate::{
    harness::{Place, content, for_each_engine, for_each_place, insert_contents, insert_user, now, write},
    sql_schema::count,
};

/// Does something about another as the domain does.
async fn act(store: &Store, who: UserId, action: FriendAction, other: UserId) -> Pair {
    let done = store.write(Priority::Identity, move |tx| {
        Box::pin(async move {
            let before = tx.lock_pair(who, other).await?.expect("both are there");
            let after = before.after(action)?;
            tx.set_pair((who, other), before, after, now()).await?;
            Ok(after)
        })
    });
    done.await.unwrap()
}

async fn befriend(store: &Store, one: UserId, other: UserId) {
    act(store, one, FriendAction::Request, other).await;
    act(store, other, FriendAction::Accept, one).await;
}

async fn names(store: &Store, user: UserId, list: FriendList) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let page = store.list_friends(user, list, after, 2).await.unwrap();
        let Some(last) = page.last() else { return names };
        assert!(page.len() <= 2 && page.iter().all(|one| one.since == now()));
        after = Some(last.id);
        names.extend(page.iter().map(|one| one.username.as_str().to_owned()));
    }
}

/// Gives how many ids the columns of all users have that the table does not, and the other way round.
async fn awry(place: &Place) -> i64 {
    let query = if place.is_postgres() {
        "WITH said AS (SELECT id AS user_id, unnest(friends) AS other_id FROM users),
              kept AS (SELECT user_id, other_id FROM friends WHERE state = 'friend')
         SELECT (SELECT count(*) FROM (SELECT * FROM said EXCEPT ALL SELECT * FROM kept) AS a)
             + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT * FROM said) AS b)"
    } else {
        "WITH said AS (SELECT users.id AS user_id, unhex(value, '-') AS other_id FROM users, json_each(users.friends)),
              kept AS (SELECT user_id, other_id FROM friends WHERE state = 'friend')
         SELECT (SELECT count(*) FROM (SELECT * FROM said EXCEPT SELECT * FROM kept))
             + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM said))
             + (SELECT count(*) FROM said) - (SELECT count(*) FROM kept)"
    };
    count(place, query).await
}

#[tokio::test]
async fn friendships_have_two_sides_and_the_column_says_the_same() {
    for_each_place(async |place| {
        let store = place.open().await;
        let mut users = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            users.push(insert_user(&store, name).await);
        }
        let [a, b, c, d, e] = users[..] else { panic!("five users") };
        for other in [b, c, d] {
            befriend(&store, a, other).await;
        }
        befriend(&store, b, c).await;
        act(&store, a, FriendAction::Request, e).await;
        assert_eq!(names(&store, a, FriendList::Friends).await, ["b", "c", "d"]);
        assert_eq!(names(&store, a, FriendList::Mutual(b)).await, ["c"]);
        assert_eq!(names(&store, a, FriendList::Outgoing).await, ["e"]);
        assert_eq!(names(&store, e, FriendList::Incoming).await, ["a"]);
        assert_eq!(awry(place).await, 0);
        assert_eq!(store.list_friend_ids(b).await.unwrap(), [a.uuid(), c.uuid()]);
        assert!(store.are_friends(a, d).await.unwrap() && !store.are_friends(a, e).await.unwrap());
        let pair = Pair { mine: Some(Stance::Requested), theirs: None };
        assert_eq!((store.get_pair(a, e).await.unwrap(), store.get_pair(e, a).await.unwrap()), (pair, pair.turned()));

        act(&store, a, FriendAction::Remove, c).await;
        act(&store, d, FriendAction::Block, a).await;
        act(&store, e, FriendAction::Block, a).await;
        act(&store, a, FriendAction::Request, e).await;
        assert_eq!(names(&store, a, FriendList::Friends).await, ["b"]);
        assert_eq!(names(&store, a, FriendList::Outgoing).await, ["e"]);
        assert!(names(&store, e, FriendList::Incoming).await.is_empty(), "who is blocked does not show");
        assert_eq!(names(&store, e, FriendList::Blocked).await, ["a"]);
        assert_eq!(awry(place).await, 0);
        let counts = write(&store, move |tx| {
            Box::pin(async move {
                Ok((
                    tx.count_stances(a, Stance::Friend).await?,
                    tx.count_stances(a, Stance::Requested).await?,
                    tx.count_requests_to(e).await?,
                    tx.are_friends(a, b).await?,
                ))
            })
        });
        assert_eq!(counts.await, (1, 1, 1, true), "a request that is not shown counts");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn many_at_once_wait_for_each_other_in_one_order() {
    for_each_place(async |place| {
        let store = place.open().await;
        let (a, b, c) =
            (insert_user(&store, "a").await, insert_user(&store, "b").await, insert_user(&store, "c").await);
        for _ in 0..4 {
            let pairs = [(a, b), (b, a), (b, c), (c, b), (c, a), (a, c)];
            join_all(pairs.map(|(who, other)| act(&store, who, FriendAction::Request, other))).await;
            for user in [a, b, c] {
                assert_eq!(names(&store, user, FriendList::Friends).await.len(), 2);
            }
            assert_eq!(awry(place).await, 0);
            join_all(pairs.map(|(who, other)| act(&store, who, FriendAction::Remove, other))).await;
            assert_eq!(awry(place).await, 0);
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_deleted_is_gone_from_all_others() {
    for_each_place(async |place| {
        let store = place.open().await;
        let (a, b, c) =
            (insert_user(&store, "a").await, insert_user(&store, "b").await, insert_user(&store, "c").await);
        befriend(&store, a, b).await;
        befriend(&store, b, c).await;
        act(&store, a, FriendAction::Block, c).await;
        let key = store.get_user(b).await.unwrap().unwrap().public_key;
        let gone = write(&store, move |tx| {
            Box::pin(async move {
                tx.lock_user_and_admins(b, true).await?;
                let friends = tx.clear_friends(b).await?;
                tx.delete_user(b, now()).await?;
                assert!(tx.disown_nodes(b).await?.is_empty());
                Ok(friends)
            })
        });
        assert_eq!(gone.await, [a, c]);
        assert_eq!(awry(place).await, 0);
        assert_eq!(store.get_user(b).await.unwrap(), None);
        assert_eq!(store.get_user_by_name("b").await.unwrap(), None);
        assert_eq!(store.get_user_by_key(&key).await.unwrap(), None);
        assert_eq!((store.count_users().await.unwrap(), store.list_users(None, 9).await.unwrap().len()), (2, 2));
        assert!(names(&store, a, FriendList::Friends).await.is_empty());
        assert_eq!(names(&store, a, FriendList::Blocked).await, ["c"]);
        let none = store.write(Priority::Identity, move |tx| Box::pin(async move { tx.lock_pair(a, b).await }));
        assert_eq!(none.await.unwrap(), None);
        // Its name is free, and the row goes once nothing refers to it.
        insert_user(&store, "b").await;
        let published = content(b, "left behind");
        insert_contents(&store, std::slice::from_ref(&published)).await;
        let found = write(&store, |tx| {
            Box::pin(async move { Ok((tx.list_contents_of_deleted_users(9).await?, tx.delete_users_gone(9).await?)) })
        });
        assert_eq!(found.await, (vec![(published.id, 1)], 0));
        crate::sql_schema::raw(place, "DELETE FROM content").await;
        let gone = write(&store, |tx| Box::pin(async move { tx.delete_users_gone(9).await }));
        assert_eq!(gone.await, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn friends_are_shown_what_is_for_them() {
    for_each_engine(async |store| {
        let (a, b, c) =
            (insert_user(&store, "a").await, insert_user(&store, "b").await, insert_user(&store, "c").await);
        befriend(&store, a, b).await;
        let mut contents = Vec::new();
        for (title, visibility) in
            [("private", Visibility::Private), ("friends", Visibility::Friends), ("public", Visibility::Public)]
        {
            let mut content = content(a, title);
            content.metadata.visibility = visibility;
            contents.push(content);
        }
        insert_contents(&store, &contents).await;
        assert_eq!(store.get_content(contents[1].id).await.unwrap().unwrap(), contents[1]);
        let granted = [contents[0].id.uuid()];
        for (viewer, granted, count) in [
            (Viewer::User(a), &[][..], 3),
            (Viewer::User(b), &[], 2),
            (Viewer::User(b), &granted, 3),
            (Viewer::User(c), &[], 1),
            (Viewer::User(c), &granted, 2),
            (Viewer::Public, &[], 1),
        ] {
            for owner in [None, Some(a)] {
                let listed = store.list_contents(viewer, granted, owner, None, 9).await.unwrap();
                assert_eq!(listed.len(), count, "{viewer:?} {granted:?}");
            }
        }
        let ids: Vec<_> = contents.iter().map(|content| content.id).collect();
        for (user, count) in [(Some(b), 1), (Some(c), 0), (Some(a), 0), (None, 0)] {
            let shown = store.list_shown_contents(&ids, user).await.unwrap();
            assert_eq!(shown.contents.len(), 3);
            assert_eq!(shown.contents.iter().filter(|(_, is_of_friend)| *is_of_friend).count(), count);
        }
    })
    .await;
}
