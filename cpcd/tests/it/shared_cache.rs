//! Two daemons on one PostgreSQL and one Valkey: what the cache may hasten, and what it may never decide.

use std::{collections::HashMap, time::Duration};

use cpc_proto::v1;
use redis::Client;

use crate::{
    harness::{Daemon, Engine, Replays, eventually, for_each_engine, reason, within},
    toxiproxy::Proxy,
    valkey::{self, Server},
};

/// Two daemons that share a database and a cache.
struct Pair {
    here: Daemon,
    there: Daemon,
    /// The server of the cache, past any proxy.
    server: Client,
    prefix: String,
}

impl Pair {
    async fn start(engine: &Engine, url: &str, server: &str) -> Self {
        let prefix = valkey::config(url).prefix;
        let cache = [("cache.url", url), ("cache.prefix", prefix.as_str())];
        let here = Daemon::start_with(engine, &cache).await;
        let root_key = here.root_key().display().to_string();
        let there =
            Daemon::start_with(engine, &[&cache[..], &[("server.root_key_file", root_key.as_str())]].concat()).await;
        Self { here, there, server: Client::open(server).unwrap(), prefix }
    }

    /// Runs a command at the server of the cache, as somebody who got in there.
    fn at_the_cache<T: redis::FromRedisValue>(&self, command: &str, key: &str, more: &[&str]) -> T {
        let mut connection = self.server.get_connection().unwrap();
        redis::cmd(command).arg(format!("{}:{key}", self.prefix)).arg(more).query(&mut connection).unwrap()
    }

    /// Waits until both daemons hear what is published on a channel.
    async fn both_hear(&self, channel: &str) {
        let channel = format!("{}:{channel}", self.prefix);
        eventually("both hear it", async || {
            let mut connection = self.server.get_connection().unwrap();
            let count: HashMap<String, usize> =
                redis::cmd("PUBSUB").arg("NUMSUB").arg(&channel).query(&mut connection).unwrap();
            count.get(&channel) == Some(&2)
        })
        .await;
    }

    async fn both_refuse(&self, token: &str) {
        for daemon in [&self.here, &self.there] {
            eventually("the token is refused", async || holds(daemon, token).await == Err("TOKEN_REVOKED".into()))
                .await;
        }
    }

    async fn stop(self) {
        let Self { here, there, .. } = self;
        here.stop().await;
        there.stop().await;
    }
}

/// A way for a link to die.
type Death = fn(&Proxy);

/// Runs a test where there are PostgreSQL and Valkey.
async fn with_servers(test: impl AsyncFn(Engine, String)) {
    let Some(url) = valkey::shared() else { return };
    for_each_engine(async |engine: Engine| {
        // SQLite has one daemon; where there are three already, each would be six.
        if engine.name == "postgres" {
            test(engine, url.clone()).await;
        }
    })
    .await;
}

async fn holds(daemon: &Daemon, token: &str) -> Result<(), String> {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    answer.map(drop).map_err(|status| reason(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_told_to_the_other_daemon_and_only_the_store_is_believed() {
    with_servers(async |engine, url| {
        let pair = Pair::start(&engine, &url, &url).await;
        let alice = pair.here.person("alice", &[]).await;
        let other = pair.here.login(&alice.key).await.unwrap();
        pair.both_hear("identity:revocations").await;

        let mut connection = pair.server.get_connection().unwrap();
        let mut heard = connection.as_pubsub();
        heard.subscribe(format!("{}:identity:revocations", pair.prefix)).unwrap();
        heard.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        pair.here.identity(Some(&alice.token)).await.logout(v1::LogoutRequest {}).await.unwrap();
        assert!(heard.get_message().unwrap().get_payload_bytes().is_empty(), "a wake-up says nothing");
        pair.both_refuse(&alice.token).await;

        // Who got into the cache says all there is to say: nothing of it counts.
        for _ in 0..5_000 {
            pair.at_the_cache::<()>("PUBLISH", "identity:revocations", &["{\"revoked\":[]}"]);
        }
        pair.at_the_cache::<()>("PUBLISH", "identity:keys", &["\0\u{1}"]);
        for daemon in [&pair.here, &pair.there] {
            assert_eq!(holds(daemon, &alice.token).await.unwrap_err(), "TOKEN_REVOKED");
            assert_eq!(holds(daemon, &other).await, Ok(()));
        }
        pair.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cache_says_of_a_challenge_only_ever_refuses() {
    with_servers(async |engine, url| {
        let pair = Pair::start(&engine, &url, &url).await;
        let alice = pair.here.person("alice", &[]).await;
        let proof = pair.here.proof(&alice.key).await;
        // Behind the version byte a challenge has its id.
        let id: String = proof.challenge[1..17].iter().map(|byte| format!("{byte:02x}")).collect();
        let key = format!("identity:challenge:{id}");

        // One that was never used, but that somebody marked: the user asks for another.
        pair.at_the_cache::<()>("SET", &key, &["1"]);
        assert_eq!(reason(&pair.there.prove(proof.clone()).await.unwrap_err()), "CHALLENGE_USED");
        assert!(pair.there.login(&alice.key).await.is_ok());
        pair.at_the_cache::<()>("DEL", &key, &[]);
        assert!(pair.there.prove(proof.clone()).await.is_ok(), "what was only marked was not used up");

        // One that was used, and that the cache forgot: the row knows.
        assert_eq!(pair.at_the_cache::<usize>("EXISTS", &key, &[]), 1);
        for daemon in [&pair.here, &pair.there] {
            pair.at_the_cache::<()>("DEL", &key, &[]);
            assert_eq!(reason(&daemon.prove(proof.clone()).await.unwrap_err()), "CHALLENGE_USED");
        }
        pair.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_replays_on_both_daemons_one_opens_a_session() {
    with_servers(async |engine, url| {
        let pair = Pair::start(&engine, &url, &url).await;
        let alice = pair.here.person("alice", &[]).await;
        let channels = [pair.here.channel().await, pair.there.channel().await];
        let proof = pair.here.proof(&alice.key).await;
        assert_eq!(Replays::send(&proof, &channels, 1_000).opened().await, 1);
        assert_eq!(Replays::send(&proof, &channels, 100).opened().await, 0);
        pair.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_replay_and_no_revoked_token_gets_in_while_the_cache_dies() {
    with_servers(async |engine, url| {
        let Some(proxy) = Proxy::start(&valkey::place(&url)) else { return };
        let pair = Pair::start(&engine, &format!("valkey://{}", proxy.address), &url).await;
        let alice = pair.here.person("alice", &[]).await;
        let channels = [pair.here.channel().await, pair.there.channel().await];
        let deaths: [(&str, Death); 3] = [
            ("cut", Proxy::cut),
            ("halted", Proxy::halt),
            ("flapping", |proxy| {
                proxy.cut();
                proxy.heal();
            }),
        ];
        for (how, dies) in deaths {
            for _ in 0..3 {
                let proof = pair.here.proof(&alice.key).await;
                let token = pair.there.login(&alice.key).await.unwrap();
                pair.both_hear("identity:revocations").await;
                let replays = Replays::send(&proof, &channels, 100);
                let mut identity = pair.here.identity(Some(&token)).await;
                let logout = tokio::spawn(async move { identity.logout(v1::LogoutRequest {}).await.map(drop) });
                // In the midst of it.
                dies(&proxy);
                let replays = replays.and(Replays::send(&proof, &channels, 100));
                assert_eq!(replays.opened().await, 1, "{how}");
                within("the logout is answered", logout).await.unwrap().unwrap();
                assert_eq!(Replays::send(&proof, &channels, 20).opened().await, 0, "{how}");
                pair.both_refuse(&token).await;
                proxy.heal();
                pair.both_hear("identity:revocations").await;
                assert_eq!(Replays::send(&proof, &channels, 20).opened().await, 0, "{how}, and healed");
                for daemon in [&pair.here, &pair.there] {
                    assert_eq!(holds(daemon, &token).await.unwrap_err(), "TOKEN_REVOKED", "{how}, and healed");
                }
            }
        }
        pair.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_that_is_full_or_gone_costs_nothing_but_time() {
    with_servers(async |engine, _| {
        let Some(mut server) = Server::start(&["--maxmemory", "10mb", "--maxmemory-policy", "noeviction"]) else {
            return;
        };
        let pair = Pair::start(&engine, &server.url(), &server.url()).await;
        let alice = pair.here.person("alice", &[]).await;
        let big = "x".repeat(1 << 20);
        let is_full = |pair: &Pair| {
            let mut connection = pair.server.get_connection().unwrap();
            (0..100).any(|n| redis::cmd("SET").arg(format!("big:{n}")).arg(&big).exec(&mut connection).is_err())
        };
        assert!(is_full(&pair), "10 MiB do not hold 100");
        for is_gone in [false, true] {
            if is_gone {
                server.kill();
            }
            let proof = pair.here.proof(&alice.key).await;
            let token = pair.here.prove(proof.clone()).await.unwrap();
            for daemon in [&pair.here, &pair.there] {
                assert_eq!(reason(&daemon.prove(proof.clone()).await.unwrap_err()), "CHALLENGE_USED");
                assert_eq!(holds(daemon, &token).await, Ok(()));
            }
            pair.here.identity(Some(&token)).await.logout(v1::LogoutRequest {}).await.unwrap();
            pair.both_refuse(&token).await;
        }
        // It is a part of the status, but the daemons serve.
        eventually("the status says that it is away", async || {
            let status = pair.there.admin().await.get_status(v1::GetStatusRequest {}).await.unwrap().into_inner();
            let cache = status.engines.iter().find(|engine| engine.role == "cache").unwrap();
            assert_eq!(cache.engine, "valkey");
            assert!(status.engines.iter().all(|engine| engine.is_ok || engine.role == "cache"));
            !cache.is_ok
        })
        .await;
        assert_eq!(pair.there.get("/readyz").await.status, 200);
        let metrics = pair.there.get("/metrics").await.text();
        assert!(metrics.contains("cpcd_cache_up 0"), "{metrics}");
        server.start_again();
        eventually("it is back", async || pair.there.get("/metrics").await.text().contains("cpcd_cache_up 1")).await;
        pair.stop().await;
    })
    .await;
}
