//! Logs, and the daemon's own metrics.

use std::{
    collections::HashSet,
    io::IsTerminal,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use cpc_proto::FILE_DESCRIPTOR_SET;
use cpcd_domain::audit::AuditState;
use cpcd_model::node::NodeStatus;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use prost::Message;
use tracing_subscriber::EnvFilter;

use crate::settings::{Log, LogFormat};

/// Starts logging to standard error.
///
/// # Errors
/// If the filter cannot be read, or logging has been started before.
pub fn init_logs(settings: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error))
}

/// Labels of a request; none grows with users, nodes or content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    edge: &'static str,
    method: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    edge: &'static str,
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CauseLabels {
    cause: &'static str,
}

/// The daemon's own metrics; cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<MethodLabels, Histogram>,
    index_pending: Gauge,
    index_lag: Gauge<f64, AtomicU64>,
    revocations_age: Gauge<f64, AtomicU64>,
    nodes: Family<StatusLabels, Gauge>,
    nodes_pending: Gauge,
    refused: Family<LimitLabels, Counter>,
    braked_realms: Gauge,
    braked_nodes: Gauge,
    statements: Family<CauseLabels, Counter>,
    cache_up: Gauge,
    cache_calls: Counter,
    cache_failures: Counter,
    audit_entries: Counter,
    audit_unsealed: Gauge,
    audit_lag: Gauge<f64, AtomicU64>,
    audit_failures: Counter,
    rates_parts: Gauge,
    rates_untold: Counter,
    /// Those of heartbeats, found once: there may be tens of thousands a second.
    heartbeats: (Counter, Histogram),
    grpc_methods: HashSet<&'static str>,
}

/// Makes a histogram of latencies, in seconds.
fn latencies() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

/// Label of a method that is none of ours, so that strangers' paths do not make series.
pub(crate) const OTHER: &str = "other";

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("cpcd");
        let requests = Family::default();
        let durations = Family::new_with_constructor(latencies as fn() -> Histogram);
        let index_pending = Gauge::default();
        let index_lag = Gauge::default();
        let revocations_age = Gauge::default();
        let nodes = Family::default();
        let statements = Family::default();
        registry.register("nodes", "Nodes that are followed, by status", nodes.clone());
        let (nodes_pending, refused) = (Gauge::default(), Family::default());
        registry.register("nodes_pending", "Nodes that wait for approval", nodes_pending.clone());
        registry.register(
            "registrations_refused",
            "New nodes that a limit kept out here, by its setting",
            refused.clone(),
        );
        let (braked_realms, braked_nodes) = (Gauge::default(), Gauge::default());
        registry.register("braked_realms", "Realms of which many nodes fail at once", braked_realms.clone());
        registry.register("braked_nodes", "Nodes that are called worse later for that", braked_nodes.clone());
        registry.register("statements", "Statements to the SQL store, by what caused them", statements.clone());
        let (cache_up, cache_calls, cache_failures) = (Gauge::default(), Counter::default(), Counter::default());
        registry.register("cache_up", "Whether the cache answers, as far as it is known", cache_up.clone());
        registry.register("cache_calls", "Calls to the server of the cache", cache_calls.clone());
        registry.register(
            "cache_failures",
            "Calls to the cache that failed, most since it is away",
            cache_failures.clone(),
        );
        let (audit_entries, audit_failures) = (Counter::default(), Counter::default());
        let (audit_unsealed, audit_lag) = (Gauge::default(), Gauge::default());
        registry.register("audit_entries", "Entries of the audit that were written here", audit_entries.clone());
        registry.register("audit_unsealed", "Entries of the audit that wait to be sealed", audit_unsealed.clone());
        registry.register_with_unit(
            "audit_lag",
            "Age of the oldest entry of the audit that waits to be sealed",
            Unit::Seconds,
            audit_lag.clone(),
        );
        registry.register(
            "audit_seal_failures",
            "Attempts to seal the audit that failed here: the store is away, or somebody changed what was sealed",
            audit_failures.clone(),
        );
        let (rates_parts, rates_untold) = (Gauge::default(), Counter::default());
        registry.register(
            "rates_parts",
            "By how much limits of logins are divided here, since the other replicas cannot be heard; else 1",
            rates_parts.clone(),
        );
        registry.register(
            "rates_untold",
            "Logins let in here that the other replicas do not count, since there were too many different ones",
            rates_untold.clone(),
        );
        registry.register("build", "What runs", Info::new(vec![("version", crate::VERSION)]));
        registry.register("requests", "Calls answered, by edge, method and outcome", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time from a call's arrival to the head of its answer",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("index_pending", "Changes that wait to be indexed", index_pending.clone());
        registry.register_with_unit(
            "index_lag",
            "Age of the oldest change that waits to be indexed",
            Unit::Seconds,
            index_lag.clone(),
        );
        registry.register_with_unit(
            "revocations_age",
            "Time since the store confirmed what is revoked; from 5 on calls with a token are refused",
            Unit::Seconds,
            revocations_age.clone(),
        );
        let (edge, method) = ("grpc", "cpc.v1.NodeOrchestration/Heartbeat");
        let heartbeats = (
            requests.get_or_create_owned(&RequestLabels { edge, method, code: "ok" }),
            durations.get_or_create_owned(&MethodLabels { edge, method }),
        );
        Self(Arc::new(Inner {
            registry,
            requests,
            durations,
            index_pending,
            index_lag,
            revocations_age,
            nodes,
            nodes_pending,
            refused,
            braked_realms,
            braked_nodes,
            statements,
            cache_up,
            cache_calls,
            cache_failures,
            audit_entries,
            audit_unsealed,
            audit_lag,
            audit_failures,
            rates_parts,
            rates_untold,
            heartbeats,
            grpc_methods: grpc_methods(),
        }))
    }

    /// Gives the label of a gRPC path.
    pub(crate) fn grpc_method(&self, path: &str) -> &'static str {
        self.0.grpc_methods.get(path.trim_start_matches('/')).copied().unwrap_or(OTHER)
    }

    /// Counts an answered call.
    pub(crate) fn observe(&self, edge: &'static str, method: &'static str, code: &'static str, took: Duration) {
        self.0.requests.get_or_create(&RequestLabels { edge, method, code }).inc();
        self.0.durations.get_or_create(&MethodLabels { edge, method }).observe(took.as_secs_f64());
    }

    /// Counts a heartbeat that went well.
    pub(crate) fn observe_heartbeat(&self, took: Duration) {
        let (requests, durations) = &self.0.heartbeats;
        requests.inc();
        durations.observe(took.as_secs_f64());
    }

    /// Sets how far the index is behind.
    pub(crate) fn set_backlog(&self, pending: u64, lag: Duration) {
        self.0.index_pending.set(i64::try_from(pending).unwrap_or(i64::MAX));
        self.0.index_lag.set(lag.as_secs_f64());
    }

    /// Sets how long ago the store confirmed what is revoked.
    pub(crate) fn set_revocations_age(&self, age: Duration) {
        self.0.revocations_age.set(age.as_secs_f64());
    }

    /// Sets how many nodes of each status there are: online, degraded, offline.
    pub(crate) fn set_nodes(&self, counts: [u64; 3]) {
        for (status, count) in NodeStatus::ALL.into_iter().zip(counts) {
            let gauge = self.0.nodes.get_or_create(&StatusLabels { status: status.as_str() });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Sets how many nodes wait for approval, and brings up to date how often each limit kept a node out.
    pub(crate) fn set_registrations(&self, pending: u64, refused: &[(&'static str, u64)]) {
        self.0.nodes_pending.set(i64::try_from(pending).unwrap_or(i64::MAX));
        for (limit, count) in refused {
            let counter = self.0.refused.get_or_create(&LimitLabels { limit });
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }

    /// Sets how many realms have their brake on, and how many nodes wait behind them.
    pub(crate) fn set_braked(&self, counts: [u64; 2]) {
        for (gauge, count) in [&self.0.braked_realms, &self.0.braked_nodes].into_iter().zip(counts) {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Brings the statements of each cause up to date.
    pub(crate) fn set_statements(&self, counts: &[(&'static str, u64)]) {
        for (cause, count) in counts {
            let counter = self.0.statements.get_or_create(&CauseLabels { cause });
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }

    /// Brings what the cache did up to date.
    pub(crate) fn set_cache(&self, is_up: bool, calls: u64, failures: u64) {
        self.0.cache_up.set(is_up.into());
        for (counter, count) in [(&self.0.cache_calls, calls), (&self.0.cache_failures, failures)] {
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }

    /// Brings up to date how limits are shared.
    pub(crate) fn set_sharing(&self, (parts, untold): (u32, u64)) {
        self.0.rates_parts.set(parts.into());
        self.0.rates_untold.inc_by(untold.saturating_sub(self.0.rates_untold.get()));
    }

    /// Brings the audit up to date; what is not known while the store is away stays as it was.
    pub(crate) fn set_audit(&self, state: &AuditState) {
        for (counter, count) in [(&self.0.audit_entries, state.written), (&self.0.audit_failures, state.failures)] {
            counter.inc_by(count.saturating_sub(counter.get()));
        }
        if let Some(unsealed) = state.unsealed {
            self.0.audit_unsealed.set(i64::try_from(unsealed).unwrap_or(i64::MAX));
            self.0.audit_lag.set(state.lag.as_secs_f64());
        }
    }

    /// Gives everything in the OpenMetrics 1.0 text form.
    pub(crate) fn render(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// Gives the names of all methods, from the descriptors that reflection serves too.
fn grpc_methods() -> HashSet<&'static str> {
    let sets = [FILE_DESCRIPTOR_SET, tonic_health::pb::FILE_DESCRIPTOR_SET];
    let files =
        sets.into_iter().filter_map(|set| prost_types::FileDescriptorSet::decode(set).ok()).flat_map(|set| set.file);
    let mut names = HashSet::new();
    for file in files {
        for service in &file.service {
            for method in &service.method {
                let name = format!("{}.{}/{}", file.package(), service.name(), method.name());
                // A few dozen names for the life of the process.
                names.insert(&*name.leak());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_methods_become_labels() {
        let metrics = Metrics::new();
        assert_eq!(
            metrics.grpc_method("/cpc.v1.DiscoveryService/SearchContent"),
            "cpc.v1.DiscoveryService/SearchContent"
        );
        assert_eq!(metrics.grpc_method("/cpc.v1.DiscoveryService/Nothing"), OTHER);
    }

    #[test]
    fn the_text_is_open_metrics() {
        let metrics = Metrics::new();
        metrics.observe("grpc", OTHER, "ok", Duration::from_millis(3));
        metrics.set_backlog(2, Duration::from_secs(1));
        let text = metrics.render().unwrap();
        assert!(text.contains("# TYPE cpcd_requests counter"), "{text}");
        assert!(text.contains("cpcd_requests_total{edge=\"grpc\",method=\"other\",code=\"ok\"} 1"), "{text}");
        assert!(text.contains("# UNIT cpcd_index_lag_seconds seconds"), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
