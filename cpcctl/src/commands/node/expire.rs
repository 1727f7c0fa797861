use cpc_proto::v1::{ExpireNodeRequest, Node, expire_node_request::When};
use jiff::Timestamp;

use crate::{
    commands::invite::seconds,
    context::Context,
    failure::{Failure, Result},
};

/// Says when nodes are removed: after a while, at a time, now, or never
///
/// From then on registering does not put it off any more, whatever the node's invite says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl node expire 30d 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl node expire 2027-01-01T00:00:00Z 12D3KooW...
  cpcctl node expire never 12D3KooW...
  cpcctl node list --label batch=7 -o name | xargs cpcctl node expire now --yes")]
pub(crate) struct Args {
    /// A while as in 12h or 30d, a time in RFC 3339, now, or never
    #[arg(value_name = "WHEN", value_parser = when)]
    when: When,
    /// The ids, or peer ids
    #[arg(required = true, value_name = "ID|PEER_ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if self.when == When::TtlSeconds(0) {
            let question = match &*self.ids {
                [id] => format!("Remove node {id} now?"),
                ids => format!("Remove {} nodes now?", ids.len()),
            };
            context.prompt.confirm(&question)?;
        }
        let output = context.output.clone();
        let mut list = output.list::<Node>();
        for id in self.ids {
            let request = ExpireNodeRequest { id, when: Some(self.when) };
            let answer = context.call(async |client| client.nodes().expire_node(request.clone()).await).await?;
            list.push(answer.node.ok_or_else(Failure::empty_answer)?)?;
        }
        list.finish("").map(drop)
    }
}

fn at(time: Timestamp) -> When {
    let mut message = Node::default().expires_at.unwrap_or_default();
    (message.seconds, message.nanos) = (time.as_second(), time.subsec_nanosecond());
    When::ExpiresAt(message)
}

fn when(text: &str) -> std::result::Result<When, String> {
    match text {
        "never" => return Ok(When::Never(true)),
        "now" => return Ok(When::TtlSeconds(0)),
        _ => {}
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(at(time));
    }
    seconds(text)
        .map(When::TtlSeconds)
        .ok_or_else(|| "when is a while as in 12h or 30d, a time as in 2027-01-01T00:00:00Z, now, or never".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_while_a_time_now_or_never() {
        assert_eq!(when("30d"), Ok(When::TtlSeconds(30 * 86_400)));
        assert_eq!(when("now"), Ok(When::TtlSeconds(0)));
        assert_eq!(when("never"), Ok(When::Never(true)));
        assert_eq!(when("2027-01-01T00:00:00Z"), Ok(at(Timestamp::constant(1_798_761_600, 0))));
        for text in ["", "30", "soon", "-1d", "2027-01-01"] {
            assert!(when(text).is_err(), "{text}");
        }
    }
}
