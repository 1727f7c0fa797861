use cpc_proto::v1::CreateRecoveryCodesRequest;
use serde::Serialize;

use crate::{context::Context, failure::Result, output::Row};

/// Makes ten recovery codes and shows them, this once: each lets you in with a new key when all others are lost
///
/// They take the place of those that you have. Keep them where your keys are not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl user recovery-codes
  cpcctl user recovery-codes -o name | lp")]
pub(crate) struct Args {}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let made = context.call_confirmed(async |client, confirmation| {
            client.identity().create_recovery_codes(CreateRecoveryCodesRequest { confirmation }).await
        });
        let codes = made.await?.codes;
        context.output.note("the codes are secrets, and are not shown again; those of before are good no longer");
        let output = context.output.clone();
        let mut list = output.list::<Code>();
        codes.into_iter().try_for_each(|code| list.push(Code { code }))?;
        list.finish("").map(drop)
    }
}

#[derive(Debug, Serialize)]
struct Code {
    code: String,
}

impl Row for Code {
    const COLUMNS: &'static [&'static str] = &["CODE"];
    const WHOLE: usize = 0;

    fn name(&self) -> String {
        self.code.clone()
    }

    fn cells(&self) -> Vec<String> {
        vec![self.code.clone()]
    }
}
