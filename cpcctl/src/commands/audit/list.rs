use cpc_proto::v1::{AuditEntry, AuditOutcome, ListAuditEntriesRequest};
use jiff::Timestamp;

use crate::{
    clock,
    commands::{invite::seconds, owner},
    context::Context,
    failure::Result,
    output::Row,
};

/// Lists who did what, and who was refused it, the newest first
///
/// Shown are your own entries, with read on system everybody's. An entry is there with the change that it is about; refusals come after a
/// few seconds, and those of a minute are counted together.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl audit list --limit 20
  cpcctl audit list --actor alice --action IdentityService/ --since 7d
  cpcctl --local audit list --outcome refused -o ndjson | jq -r '[.time, .reason, .count, .network] | @tsv'")]
pub(crate) struct Args {
    /// Whose: a user's name, an id, or anonymous, local_admin [default: everybody's that you may see]
    #[arg(long, value_name = "NAME|ID")]
    actor: Option<String>,
    /// About this thing, by its id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    target: String,
    /// Only calls whose names begin so, such as IdentityService/
    #[arg(long, value_name = "CALL", default_value = "", hide_default_value = true)]
    action: String,
    /// Only what was done, or what was refused
    #[arg(long, value_parser = ["ok", "refused"])]
    outcome: Option<String>,
    /// Only from here on: a time as in 2027-01-01T00:00:00Z, or so long ago as in 12h or 30d
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<Timestamp>,
    /// Only before
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<Timestamp>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
}

/// The largest page that the server gives.
const PAGE: u64 = 500;

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let actor = match self.actor.as_deref() {
            Some(kind @ ("anonymous" | "local_admin" | "user" | "service" | "node" | "several")) => kind.to_owned(),
            other => owner::id(context, other).await?,
        };
        let outcome = match self.outcome.as_deref() {
            Some("ok") => AuditOutcome::Ok,
            Some(_) => AuditOutcome::Refused,
            None => AuditOutcome::Unspecified,
        };
        let mut request = ListAuditEntriesRequest {
            actor,
            target: self.target,
            action: self.action,
            outcome: outcome.into(),
            ..Default::default()
        };
        for (field, time) in [(&mut request.since, self.since), (&mut request.until, self.until)] {
            if let Some(time) = time {
                let message = field.get_or_insert_default();
                (message.seconds, message.nanos) = (time.as_second(), time.subsec_nanosecond());
            }
        }
        let output = context.output.clone();
        let (mut list, mut left) = (output.list::<AuditEntry>(), self.limit);
        while left > 0 {
            request.page_size = i32::try_from(left.min(PAGE)).unwrap_or_default();
            let page = context.call(async |client| client.audit().list_audit_entries(request.clone()).await).await?;
            left -= left.min(page.entries.len() as u64);
            page.entries.into_iter().try_for_each(|entry| list.push(entry))?;
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        list.finish("no entries").map(drop)
    }
}

/// Reads a time, or how long ago it is.
fn when(text: &str) -> std::result::Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let ago = seconds(text).and_then(|seconds| i64::try_from(seconds).ok());
    let time = ago.and_then(|ago| Timestamp::from_second(clock::now().as_second() - ago).ok());
    time.ok_or_else(|| "it is a time as in 2027-01-01T00:00:00Z, or so long ago as in 12h or 30d".to_owned())
}

impl Row for AuditEntry {
    const COLUMNS: &'static [&'static str] = &["AT", "WHO", "CALL", "OUTCOME", "TIMES", "ON"];
    const WHOLE: usize = 5;

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn cells(&self) -> Vec<String> {
        let at = self.time.as_ref().map(|time| clock::rfc3339(time.seconds, 0));
        let who = if self.actor_id.is_empty() { &self.actor_kind } else { &self.actor_id };
        let outcome = if self.reason.is_empty() { "ok" } else { &self.reason };
        let on = [self.target_kind.as_str(), self.target_id.as_str()].join(" ");
        vec![
            at.unwrap_or_default(),
            who.clone(),
            self.action.rsplit('/').next().unwrap_or_default().to_owned(),
            outcome.to_owned(),
            self.count.to_string(),
            on.trim().to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_while_ago() {
        assert_eq!(when("2027-01-01T00:00:00Z"), Ok(Timestamp::constant(1_798_761_600, 0)));
        let ago = clock::now().as_second() - when("12h").unwrap().as_second();
        assert!((43_200..43_300).contains(&ago), "{ago}");
        assert!(when("yesterday").is_err());
    }
}
