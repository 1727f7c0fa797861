use cpc_proto::v1::DeleteContentRequest;

use crate::{
    commands::deleted::Deleted,
    context::Context,
    exit::Exit,
    failure::{Failure, Field, Result},
};

/// Deletes content for good
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl content delete 0192f0c1-2b7a-7c3e-9d54-6a1f0e8b7c21
  cpcctl search --owner me --tag old -o name | xargs cpcctl content delete --yes")]
pub(crate) struct Args {
    /// The ids
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let question = match &*self.ids {
            [id] => format!("Delete content {id}?"),
            ids => format!("Delete {} contents?", ids.len()),
        };
        context.prompt.confirm(&question)?;
        let output = context.output.clone();
        let mut list = output.list::<Deleted>();
        let mut refused: Vec<(String, Failure)> = Vec::new();
        for id in self.ids {
            let request = DeleteContentRequest { id: id.clone() };
            match context.call(async |client| client.discovery().delete_content(request.clone()).await).await {
                Ok(_) => list.push(Deleted { id })?,
                // Without the server the others fare no better.
                Err(failure) if failure.exit == Exit::Unreachable => return Err(failure),
                Err(failure) => refused.push((id, failure)),
            }
        }
        let deleted = list.finish("")?;
        let count = refused.len();
        match refused.pop() {
            None => Ok(()),
            Some((_, only)) if deleted == 0 && count == 1 => Err(only),
            Some(last) => {
                refused.push(last);
                let exit = if deleted == 0 { refused[0].1.exit } else { Exit::Partial };
                let fields = refused
                    .iter()
                    .map(|(id, failure)| Field { field: id.clone(), description: failure.message.clone() });
                let message = format!("{count} of {} contents were not deleted", deleted + count);
                Err(Failure::new(exit, "DELETE_REFUSED", message).with_fields(fields.collect()))
            }
        }
    }
}
