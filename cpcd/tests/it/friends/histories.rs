//! Random histories of three users, against a small model: no friendship has one side, the column of users says what the table says, and
//! nobody gets round a block.
//!
//! `CPC_HISTORIES` says how many on each engine, `CPC_SEED` which; on PostgreSQL two daemons take the calls in turn.

use std::collections::BTreeMap;

use cpc_proto::{
    clients::identity_service_client::IdentityServiceClient,
    v1::{self, FriendList, FriendState, friend_address::By},
};

use super::{Act, check_whole};
use crate::harness::{Client, Daemon, Engine, Person, for_each_engine, reason};

const USERS: usize = 3;
const STEPS: usize = 12;

/// What the first says of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Request,
    Friend,
    Block,
}

/// Who says what of whom: written down apart from the daemon's own rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Model(BTreeMap<(usize, usize), Says>);

impl Model {
    fn says(&self, who: usize, of: usize) -> Option<Says> {
        self.0.get(&(who, of)).copied()
    }

    fn sees(&self, who: usize, of: usize) -> FriendState {
        match (self.says(who, of), self.says(of, who)) {
            (Some(Says::Block), _) => FriendState::Blocked,
            (Some(Says::Friend), _) => FriendState::Friends,
            (Some(Says::Request), _) => FriendState::Outgoing,
            (None, Some(Says::Request)) => FriendState::Incoming,
            (None, _) => FriendState::None,
        }
    }

    /// Does something, if it may be done; gives what is answered.
    fn act(&mut self, who: usize, act: Act, of: usize) -> Result<FriendState, String> {
        let state = self.sees(who, of);
        let befriend = |model: &mut Self| {
            model.0.insert((who, of), Says::Friend);
            model.0.insert((of, who), Says::Friend);
        };
        match (act, state) {
            (Act::Request | Act::Accept, FriendState::Blocked) => return Err("USER_BLOCKED".into()),
            (Act::Request | Act::Accept, FriendState::Incoming) => befriend(self),
            (Act::Request, FriendState::None) => {
                self.0.insert((who, of), Says::Request);
            }
            (Act::Accept, FriendState::None) => return Err("FRIEND_REQUEST_NOT_FOUND".into()),
            (Act::Accept | Act::Decline, FriendState::Outgoing) | (Act::Cancel, FriendState::Incoming) => {
                return Err("FRIEND_REQUEST_NOT_YOURS".into());
            }
            (Act::Decline, FriendState::Incoming) => {
                self.0.remove(&(of, who));
            }
            (Act::Cancel, FriendState::Outgoing) | (Act::Unblock, FriendState::Blocked) => {
                self.0.remove(&(who, of));
            }
            (Act::Remove, FriendState::Friends) => {
                self.0.remove(&(who, of));
                self.0.remove(&(of, who));
            }
            (Act::Block, _) => {
                self.0.insert((who, of), Says::Block);
                if self.says(of, who) != Some(Says::Block) {
                    self.0.remove(&(of, who));
                }
            }
            // It holds already.
            (Act::Request | Act::Accept | Act::Decline | Act::Cancel | Act::Remove | Act::Unblock, _) => {}
        }
        Ok(self.sees(who, of))
    }
}

/// Draws from a fixed row of numbers (splitmix64), so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    /// Draws who does what about whom.
    fn step(&mut self) -> (usize, Act, usize) {
        let who = self.below(USERS);
        let of = (who + 1 + self.below(USERS - 1)) % USERS;
        // Requests and answers more often than ends, so that there is something to end.
        let acts = [Act::Request, Act::Request, Act::Accept];
        let act = if self.below(2) == 0 { acts[self.below(acts.len())] } else { Act::ALL[self.below(Act::ALL.len())] };
        (who, act, of)
    }
}

/// Three users, each with a client of each daemon.
struct World {
    people: Vec<Person>,
    clients: Vec<Vec<IdentityServiceClient<Client>>>,
    calls: usize,
}

impl World {
    async fn new(daemons: &[&Daemon]) -> Self {
        let (mut people, mut clients) = (Vec::new(), Vec::new());
        for number in 0..USERS {
            let person = daemons[0].person(&format!("u{number}"), &[]).await;
            let mut of_each = Vec::new();
            for daemon in daemons {
                of_each.push(daemon.identity(Some(&person.token)).await);
            }
            people.push(person);
            clients.push(of_each);
        }
        Self { people, clients, calls: 0 }
    }

    /// Gives a client of somebody, of the daemon whose turn it is.
    fn client(&mut self, who: usize) -> IdentityServiceClient<Client> {
        self.calls += 1;
        let clients = &self.clients[who];
        clients[self.calls % clients.len()].clone()
    }

    async fn act(mut client: IdentityServiceClient<Client>, act: Act, of: String) -> Result<FriendState, String> {
        let answer = client.manage_friends(act.message(By::Id(of))).await;
        answer.map(|answer| answer.into_inner().state()).map_err(|status| reason(&status))
    }

    /// Compares what somebody is shown with what may be; keeps what fits.
    async fn check(&mut self, may_be: &mut Vec<Model>, who: usize) {
        for (list, state) in [
            (FriendList::Friends, FriendState::Friends),
            (FriendList::Incoming, FriendState::Incoming),
            (FriendList::Outgoing, FriendState::Outgoing),
            (FriendList::Blocked, FriendState::Blocked),
        ] {
            let request = v1::ListFriendsRequest { list: list.into(), ..Default::default() };
            let listed = self.client(who).list_friends(request).await.expect("a list").into_inner();
            let mut names: Vec<_> = listed.friends.into_iter().map(|friend| friend.username).collect();
            names.sort();
            let before = may_be.clone();
            may_be.retain(|model| {
                let of = (0..USERS).filter(|of| *of != who && model.sees(who, *of) == state);
                names == of.map(|of| format!("u{of}")).collect::<Vec<_>>()
            });
            assert!(!may_be.is_empty(), "{list:?} of u{who} is {names:?}: {before:?}");
        }
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().map_or(default, |text| text.parse().expect("a number"))
}

async fn run(daemons: &[&Daemon], engine: &Engine, seed: u64, histories: u64) -> (usize, usize) {
    let mut world = World::new(daemons).await;
    let (mut steps, mut races) = (0, 0);
    let clear = if engine.url.is_empty() {
        "DELETE FROM friends; UPDATE users SET friends = '[]'"
    } else {
        "DELETE FROM friends; UPDATE users SET friends = '{}'"
    };
    for history in 0..histories {
        let mut dice = Dice(seed.wrapping_add(history.wrapping_mul(0x1000_0000_01b3)));
        // After two at once either may have been first, where both were told the same.
        let mut may_be = vec![Model::default()];
        let mut told = Vec::new();
        for _ in 0..STEPS {
            let (first, second) = (dice.step(), dice.step());
            let of = |step: (usize, Act, usize)| world.people[step.2].id.clone();
            let (id_of_first, id_of_second) = (of(first), of(second));
            let one = World::act(world.client(first.0), first.1, id_of_first);
            steps += 1;
            let done = |model: &Model, steps: &[(usize, Act, usize)]| {
                let mut model = model.clone();
                let answers: Vec<_> = steps.iter().map(|(who, act, of)| model.act(*who, *act, *of)).collect();
                (model, answers)
            };
            let mut next = Vec::new();
            if dice.below(4) > 0 {
                let answer = one.await;
                told.push(format!("{first:?}: {answer:?}"));
                let all = may_be.iter().map(|model| done(model, &[first]));
                next.extend(all.filter(|(_, answers)| answers[0] == answer).map(|(model, _)| model));
            } else {
                races += 1;
                let other = World::act(world.client(second.0), second.1, id_of_second);
                let (one, other) = tokio::join!(one, other);
                told.push(format!("{first:?}: {one:?}, and at once {second:?}: {other:?}"));
                for model in &may_be {
                    let (after, answers) = done(model, &[first, second]);
                    next.extend((answers == [one.clone(), other.clone()]).then_some(after));
                    let (after, answers) = done(model, &[second, first]);
                    next.extend((answers == [other.clone(), one.clone()]).then_some(after));
                }
                next.sort();
                next.dedup();
            }
            assert!(!next.is_empty(), "seed {seed}, history {history}, from {may_be:?}: {told:#?}");
            may_be = next;
        }
        // What one is shown of each history, and what all are of the last.
        let looks = if history + 1 == histories { (0..USERS).collect() } else { vec![dice.below(USERS)] };
        for who in looks {
            world.check(&mut may_be, who).await;
        }
        check_whole(daemons[0], engine).await;
        daemons[0].execute(engine, clear).await;
    }
    (steps, races)
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_go_as_the_model_has_it() {
    let (seed, histories) = (number("CPC_SEED", 20_261_127), number("CPC_HISTORIES", 8));
    for_each_engine(async |engine: Engine| {
        // A long run must not end with its tokens.
        let settings = [("identity.access_token_seconds", "86400")];
        let first = Daemon::start_with(&engine, &settings).await;
        let folder = tempfile::tempdir().unwrap();
        let mut second = None;
        if !engine.url.is_empty() && engine.replicas == 1 {
            std::fs::copy(first.root_key(), folder.path().join("root.key")).unwrap();
            second = Some(Daemon::adopt(Daemon::bind(&engine, folder.path(), &settings).await.unwrap()));
        }
        let daemons: Vec<_> = std::iter::once(&first).chain(&second).collect();
        let (steps, races) = run(&daemons, &engine, seed, histories).await;
        eprintln!(
            "{histories} histories on {} from seed {seed}: {steps} steps, {races} of them two at once",
            engine.name
        );
        if let Some(second) = second {
            second.stop().await;
        }
        first.stop().await;
    })
    .await;
}
