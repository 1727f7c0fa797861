//! As many nodes as heartbeat on go silent at once: what that costs those who live, with the brake and without.

use std::path::Path;
use std::time::Duration;

use cpc_proto::clients::node_orchestration_client::NodeOrchestrationClient;
use cpc_proto::v1::{NodePing, NodeStatus};
use tonic::Request;

use crate::Outcome;
use crate::daemon::Server;
use crate::fleet;
use crate::load::{self, Sample};
use crate::options::{Call, Options, Shape};

/// Of the silent so many come back in the midst of it.
const RETURN: usize = 200;

/// Runs it once with the brake and once without; says whether all was as it must be.
pub(crate) fn run(options: &Options, folder: &Path) -> Outcome<bool> {
    let mut is_good = true;
    for (name, percent) in [("on", "15"), ("off", "0")] {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        is_good &= once(options, &folder, name, percent)?;
    }
    Ok(is_good)
}

fn once(options: &Options, folder: &Path, name: &str, percent: &str) -> Outcome<bool> {
    let fleet = fleet::loaded(folder, "living", options.nodes)?;
    let returning = fleet::loaded_tokens(folder, "silent", options.silent, RETURN)?;
    let shape = *options.shapes.iter().find(|shape| shape.name == "C").ok_or("the storm comes in shape C")?;
    // They were all heard of when the daemon started, and their silence counts after a time of grace: all of it at once.
    let grace = options.open_warm_up + options.seconds + Duration::from_secs(10);
    let grace = grace.as_secs().to_string();
    let server = Server::daemon_with(
        folder,
        &[("CPCD_REGISTRY__GRACE_SECONDS", &grace), ("CPCD_REGISTRY__BRAKE_PERCENT", percent)],
    )?;
    crate::shared::pin::generator()?;
    let measure = |warm_up: Duration| {
        let options = Options { open_warm_up: warm_up, ..options.clone() };
        load::measure(&server, Shape { call: Call::Unary, ..shape }, &options, fleet.of(Call::Unary))
    };
    let calm = measure(options.open_warm_up)?;
    let storm = measure(Duration::from_secs(10))?;
    let before = server.gauges("cpcd_nodes{")?;
    let held = server.gauges("cpcd_braked_nodes ")?;
    let believed = come_back(&server, &returning)?;
    let factor = storm.p99.as_secs_f64() / calm.p99.as_secs_f64();
    println!("brake {name}: {} nodes heartbeat on, {} fell silent at once", options.nodes, options.silent);
    let line = |what: &str, sample: &Sample| {
        println!(
            "  {what}: {:.0} answers/s, p50 {:.0} us, p99 {:.0} us, most {:.1} ms, server's core busy {:.2}",
            sample.rate,
            sample.p50.as_secs_f64() * 1e6,
            sample.p99.as_secs_f64() * 1e6,
            sample.most.as_secs_f64() * 1e3,
            sample.cpu.as_secs_f64() * sample.rate,
        );
    };
    line("before  ", &calm);
    line("meanwhile", &storm);
    println!("  p99 of the living {factor:.2} times; nodes at the end {before:?}, waiting for the brake {held:?}");
    println!("  of {RETURN} that came back {believed} were believed at their first heartbeat");
    let offline = before.iter().find(|(name, _)| name.contains("offline")).map_or(0.0, |(_, count)| *count);
    Ok(factor <= 2.0 && believed == RETURN.min(options.silent) && offline > 0.0)
}

/// Sends a first heartbeat of some; gives how many were called online in the answer.
fn come_back(server: &Server, tokens: &[String]) -> Outcome<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut client = NodeOrchestrationClient::connect(format!("http://{}", server.address)).await?;
        let mut believed = 0;
        for token in tokens {
            let mut request = Request::new(NodePing { sequence: 1, ..Default::default() });
            request.metadata_mut().insert("authorization", token.parse()?);
            let answer = client.heartbeat(request).await?.into_inner();
            believed += usize::from(answer.status() == NodeStatus::Online);
        }
        Ok(believed)
    })
}
