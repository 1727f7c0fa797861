//! Migrations of a PostgreSQL database: under a lock, since replicas start together.

use std::time::{Duration, Instant};

use cpcd_model::{Error, Reason, Result};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions, query_scalar, raw_sql};
use tokio::time::{sleep, timeout};

use super::{
    POSTGRES,
    state::{Found, Link, State, judge, last},
    steps,
};
use crate::sql::fault::{engine_away, from_sqlx};

/// How long one waits for another that fills or migrates.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const CONNECT: Duration = Duration::from_secs(10);

/// Fills an empty database, and accepts one that has what this program needs.
pub(in crate::sql) async fn open(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options).await?;
    let started = Instant::now();
    loop {
        let found = Link::Postgres(&mut connection).look().await?;
        let state = judge(&POSTGRES, &found)?;
        if state == State::Ready {
            break;
        }
        // Replicas that start together: one fills, the others wait and find it filled.
        if try_lock(&mut connection).await? {
            let mut link = Link::Postgres(&mut connection);
            match judge(&POSTGRES, &link.look().await?)? {
                State::Ready => break,
                State::Empty => {
                    steps::up(&mut link, &POSTGRES, None, &mut |_| ()).await?;
                    break;
                }
                // Whoever filled it was killed in its midst: there is nothing in it that anybody could lose.
                State::Pending(_) if was_never_served(&mut connection).await? => {
                    steps::up(&mut Link::Postgres(&mut connection), &POSTGRES, None, &mut |_| ()).await?;
                    break;
                }
                State::Pending(version) => return Err(pending(version)),
            }
        }
        match state {
            State::Pending(version) if started.elapsed() > PATIENCE => return Err(pending(version)),
            State::Ready | State::Pending(_) | State::Empty => sleep(LOOK_EVERY).await,
        }
    }
    connection.close().await.map_err(from_sqlx)
}

/// Says whether no daemon has ever served a store: the first one leaves its identity there, and nobody is in it.
async fn was_never_served(connection: &mut PgConnection) -> Result<bool> {
    let statement = "SELECT NOT EXISTS (SELECT 1 FROM server_identity) AND NOT EXISTS (SELECT 1 FROM users)";
    query_scalar(statement).fetch_one(connection).await.map_err(from_sqlx)
}

/// Opens a connection for migrations: no time-out for statements, and the lock goes when it goes.
pub(in crate::sql) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let connecting = timeout(CONNECT, PgConnection::connect_with(options)).await.map_err(engine_away)?;
    let mut connection = connecting.map_err(from_sqlx)?;
    // Whoever waits for a table keeps all others from it: better to give up and be told to try again.
    raw_sql("SET lock_timeout = '10s'").execute(&mut connection).await.map_err(from_sqlx)?;
    // A program that was killed holds the lock no longer than this; before version 14 there is no such setting.
    if raw_sql("SET client_connection_check_interval = '1s'").execute(&mut connection).await.is_err() {
        tracing::debug!("the database does not watch for clients that have gone");
    }
    Ok(connection)
}

/// Takes the lock of all who migrate this schema, if it is free.
pub(super) async fn try_lock(connection: &mut PgConnection) -> Result<bool> {
    query_scalar("SELECT pg_try_advisory_lock(hashtextextended('cpcd migrations of ' || current_schema(), 0))")
        .fetch_one(connection)
        .await
        .map_err(from_sqlx)
}

/// Takes the lock, as soon as it is free.
pub(in crate::sql) async fn lock(connection: &mut PgConnection) -> Result<()> {
    let started = Instant::now();
    while !try_lock(connection).await? {
        if started.elapsed() > PATIENCE {
            return Err(Error::new(Reason::StoreInUse, "another migrates the store; try again when it is done"));
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Looks what is in a database.
pub(super) async fn look(options: &PgConnectOptions) -> Result<Found> {
    let mut connection = connect(options).await?;
    let found = timeout(CONNECT, Link::Postgres(&mut connection).look()).await.map_err(engine_away)??;
    connection.close().await.map_err(from_sqlx)?;
    Ok(found)
}

fn pending(version: i64) -> Error {
    Error::new(
        Reason::MigrationPending,
        format!(
            "migrations are pending: the store is at {version}, this version needs {}; `cpcctl --local migrate plan` shows \
             them and `cpcctl --local migrate up` does them",
            last(&POSTGRES)
        ),
    )
}
