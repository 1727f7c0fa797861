//! Connections to Valkey: how they are made, and that they lead to a server that takes writes.

use std::{fs, io, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, IntoConnectionInfo, Pipeline, RedisConnectionInfo,
    RedisError, RedisFuture, RedisResult, TlsCertificates, TlsMode, Value,
    aio::{ConnectionLike, MultiplexedConnection, PubSub},
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    io::tcp::TcpSettings,
};
use tokio::time::{error::Elapsed, timeout};

use super::{
    address::{Address, Host, Kind},
    cluster::SlotMap,
};
use crate::cache::Config;

/// How often the client of a cluster follows a redirection.
const REDIRECTIONS: u32 = 3;

/// A connection, or those to a cluster.
#[derive(Clone)]
pub(super) enum Connection {
    Node(MultiplexedConnection),
    Cluster { connection: ClusterConnection, slots: SlotMap },
}

/// Where connections lead, and how long they may take.
#[derive(Clone)]
pub(super) struct Place {
    address: Address,
    ca_file: String,
    connect_timeout: Duration,
    pub(super) response_timeout: Duration,
}

impl Place {
    pub(super) fn new(address: Address, config: &Config) -> Self {
        Self {
            address,
            ca_file: config.ca_file.clone(),
            connect_timeout: config.connect_timeout(),
            response_timeout: config.response_timeout(),
        }
    }

    /// Connects, and sees to it that the server answers; gives the host, if it is one.
    pub(super) async fn connect(&self) -> RedisResult<(Connection, Option<Host>)> {
        match &self.address.kind {
            Kind::Node(host) => Ok((Connection::Node(self.connect_node(host).await?), Some(host.clone()))),
            Kind::Sentinels { .. } => {
                let host = self.primary().await?;
                Ok((Connection::Node(self.connect_node(&host).await?), Some(host)))
            }
            Kind::Cluster(hosts) => Ok((self.connect_cluster(hosts).await?, None)),
        }
    }

    /// Gives a connection that hears messages, and its host. In a cluster each server hears what any is told.
    pub(super) async fn listen(&self, attempt: usize) -> RedisResult<(PubSub, Host)> {
        let host = match &self.address.kind {
            Kind::Node(host) => host.clone(),
            Kind::Sentinels { .. } => self.primary().await?,
            Kind::Cluster(hosts) => hosts[attempt % hosts.len()].clone(),
        };
        let client = self.client(&host, self.login(self.address.database))?;
        let pubsub = in_time(timeout(self.connect_timeout, client.get_async_pubsub()).await)?;
        Ok((pubsub, host))
    }

    /// Tells whether the sentinels now name another primary than the one that a connection leads to.
    ///
    /// A primary that was cut off from the rest goes on answering, so its connection alone does not tell.
    pub(super) async fn has_moved(&self, host: Option<&Host>) -> bool {
        match &self.address.kind {
            Kind::Sentinels { .. } => self.primary().await.is_ok_and(|primary| Some(&primary) != host),
            Kind::Node(_) | Kind::Cluster(_) => false,
        }
    }

    async fn connect_node(&self, host: &Host) -> RedisResult<MultiplexedConnection> {
        let client = self.client(host, self.login(self.address.database))?;
        let mut connection = self.open(&client).await?;
        if matches!(self.address.kind, Kind::Sentinels { .. }) {
            // Sentinels may name a server that has not yet learnt of its new part.
            let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut connection).await?;
            if role.first() != Some(&Value::BulkString(b"master".to_vec())) {
                return Err((ErrorKind::Client, "the sentinels name a server that is no primary").into());
            }
        }
        redis::cmd("PING").exec_async(&mut connection).await?;
        Ok(connection)
    }

    async fn connect_cluster(&self, hosts: &[Host]) -> RedisResult<Connection> {
        let hosts = hosts.iter().map(|host| self.address_of(host)).map(IntoConnectionInfo::into_connection_info);
        let hosts: Vec<_> = hosts.collect::<RedisResult<_>>()?;
        let mut builder = ClusterClientBuilder::new(hosts)
            .connection_timeout(self.connect_timeout)
            .response_timeout(self.response_timeout)
            .retries(REDIRECTIONS)
            .min_retry_wait(10)
            .max_retry_wait(50)
            .tcp_settings(TcpSettings::default().set_nodelay(true));
        if let Some(credentials) = &self.address.credentials {
            builder = builder.password(&credentials.password);
            if !credentials.user.is_empty() {
                builder = builder.username(&credentials.user);
            }
        }
        if self.address.has_tls {
            builder = builder.tls(TlsMode::Secure);
            if let Some(certificates) = self.certificates()? {
                builder = builder.certs(certificates);
            }
        }
        let client = builder.build()?;
        let mut connection = in_time(timeout(2 * self.connect_timeout, client.get_async_connection()).await)?;
        let slots = SlotMap::read(&mut connection).await?;
        let connection = Connection::Cluster { connection, slots };
        in_time(timeout(self.response_timeout, connection.clone().check()).await)?;
        Ok(connection)
    }

    /// Asks the sentinels, one after the other, where the primary is.
    async fn primary(&self) -> RedisResult<Host> {
        let Kind::Sentinels { sentinels, master } = &self.address.kind else {
            unreachable!("only sentinels are asked")
        };
        let mut last = RedisError::from((ErrorKind::EmptySentinelList, "there are no sentinels"));
        for sentinel in sentinels {
            match self.ask_sentinel(sentinel, master).await {
                Ok(host) => return Ok(host),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn ask_sentinel(&self, sentinel: &Host, master: &str) -> RedisResult<Host> {
        let mut question = redis::cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(master);
        // Most sentinels want no password; one that does has the servers' own.
        let answer = match self.open(&self.client(sentinel, without_name())?).await {
            Ok(mut connection) => question.query_async::<Option<Host>>(&mut connection).await,
            Err(error) => Err(error),
        };
        let answer = match answer {
            Err(error) if error.code() == Some("NOAUTH") || error.kind() == ErrorKind::AuthenticationFailed => {
                let mut connection = self.open(&self.client(sentinel, self.login(0))?).await?;
                question.query_async::<Option<Host>>(&mut connection).await
            }
            answer => answer,
        };
        answer?.ok_or_else(|| (ErrorKind::MasterNameNotFoundBySentinel, "the sentinels know no such master").into())
    }

    async fn open(&self, client: &Client) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connect_timeout))
            .set_response_timeout(Some(self.response_timeout));
        // The client's own limit does not hold for every step.
        in_time(timeout(self.connect_timeout, client.get_multiplexed_async_connection_with_config(&config)).await)
    }

    fn client(&self, host: &Host, login: RedisConnectionInfo) -> RedisResult<Client> {
        // Without it small commands wait for the acknowledgement of those before.
        let tcp = TcpSettings::default().set_nodelay(true);
        let info = self.address_of(host).into_connection_info()?.set_redis_settings(login).set_tcp_settings(tcp);
        match self.certificates()? {
            Some(certificates) => Client::build_with_tls(info, certificates),
            None => Client::open(info),
        }
    }

    fn address_of(&self, (host, port): &Host) -> ConnectionAddr {
        if self.address.has_tls {
            ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
        } else {
            ConnectionAddr::Tcp(host.clone(), *port)
        }
    }

    fn login(&self, database: i64) -> RedisConnectionInfo {
        let mut login = without_name().set_db(database);
        if let Some(credentials) = &self.address.credentials {
            login = login.set_password(&credentials.password);
            if !credentials.user.is_empty() {
                login = login.set_username(&credentials.user);
            }
        }
        login
    }

    /// Reads the authorities that are trusted, if they are not the system's; anew each time, since files are replaced.
    fn certificates(&self) -> RedisResult<Option<TlsCertificates>> {
        if !self.address.has_tls || self.ca_file.is_empty() {
            return Ok(None);
        }
        let root_cert = fs::read(&self.ca_file)
            .map_err(|error| io::Error::new(error.kind(), format!("cache.ca_file cannot be read: {error}")))?;
        Ok(Some(TlsCertificates { client_tls: None, root_cert: Some(root_cert) }))
    }
}

impl Connection {
    /// Asks every server that writes may go to whether it answers.
    pub(super) async fn check(&mut self) -> RedisResult<()> {
        match self {
            Self::Node(connection) => redis::cmd("PING").exec_async(connection).await,
            Self::Cluster { connection, slots } => slots.check(connection).await,
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Node(connection) => connection.req_packed_command(cmd),
            Self::Cluster { connection, .. } => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Node(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster { connection, .. } => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Node(connection) => connection.get_db(),
            Self::Cluster { connection, .. } => connection.get_db(),
        }
    }
}

/// A login that says nothing of who connects, which spares a command.
fn without_name() -> RedisConnectionInfo {
    RedisConnectionInfo::default().set_skip_set_lib_name()
}

/// Takes a time that ran out for an error of the link.
pub(super) fn in_time<T>(result: Result<RedisResult<T>, Elapsed>) -> RedisResult<T> {
    result.unwrap_or_else(|elapsed| Err(io::Error::new(io::ErrorKind::TimedOut, elapsed).into()))
}
