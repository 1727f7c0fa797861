use std::{io::Read, path::Path, time::Duration};

use clap::ValueEnum;
use cpc_proto::v1::{ContentMetadata, Visibility};

use super::{bulk, metadata, settle::settled};
use crate::{
    context::Context,
    failure::{Failure, Result},
    global, private_file,
};

/// Publishes content, or changes what you published before under the same cid or request id
///
/// With --from, publishes a file of JSON lines, each a ContentMetadata in proto JSON: title, description, tags, cid, sizeBytes, mediaType, visibility (VISIBILITY_PUBLIC, VISIBILITY_FRIENDS, VISIBILITY_PRIVATE), requestId. A broken connection is taken up again, and repeating the whole command doubles nothing: an entry with neither id nor cid nor requestId gets a request id made of all that it says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl content publish --title 'Ubuntu handbook' --tag docs --tag linux
  cpcctl content publish --title Notes --description @notes.txt --visibility private
  cpcctl content publish --from catalogue.ndjson --wait
  zcat catalogue.ndjson.gz | cpcctl content publish --from - -o json")]
pub(crate) struct Args {
    /// Publish the lines of a file, - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "description", "tags", "cid", "size", "media_type", "visibility", "request_id", "id"])]
    from: Option<String>,
    /// How long to try again when the connection breaks; 0s for not at all
    #[arg(long, value_name = "DURATION", default_value = "1m", requires = "from", value_parser = patience)]
    retry_for: Duration,
    /// Return only once it can be found by a search, for as long as --timeout says
    #[arg(long)]
    wait: bool,
    /// The title: 1 to 255 characters
    #[arg(long, value_name = "TEXT", required_unless_present = "from")]
    title: Option<String>,
    /// The description, @FILE to read it from a file, @- from stdin
    #[arg(long, value_name = "TEXT|@FILE")]
    description: Option<String>,
    /// A tag; several times for several
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// The content's address: a CID, or a multihash in multibase
    #[arg(long, value_name = "CID")]
    cid: Option<String>,
    /// The content's size in bytes
    #[arg(long, value_name = "BYTES")]
    size: Option<u64>,
    /// The media type, such as text/plain
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Who may see it [default: public]
    #[arg(long, value_enum, value_name = "WHO")]
    visibility: Option<Audience>,
    /// A name of your own, which makes repeating and changing safe without a cid
    #[arg(long, value_name = "NAME")]
    request_id: Option<String>,
    /// The id of existing content to change
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Audience {
    /// Everyone who may search
    Public,
    /// You and your friends
    Friends,
    /// You alone
    Private,
}

impl Args {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        if let Some(from) = &self.from {
            return bulk::run(context, from, self.retry_for, self.wait).await;
        }
        let mut content = ContentMetadata {
            id: self.id.unwrap_or_default(),
            title: self.title.unwrap_or_default(),
            description: self.description.as_deref().map(text).transpose()?.unwrap_or_default(),
            tags: self.tags,
            cid: self.cid.unwrap_or_default(),
            size_bytes: self.size.unwrap_or_default(),
            media_type: self.media_type.unwrap_or_default(),
            visibility: match self.visibility {
                None => Visibility::Unspecified,
                Some(Audience::Public) => Visibility::Public,
                Some(Audience::Friends) => Visibility::Friends,
                Some(Audience::Private) => Visibility::Private,
            }
            .into(),
            request_id: self.request_id.unwrap_or_default(),
        };
        metadata::name_it(&mut content);
        let answer = context.call(async |client| client.discovery().publish_content(content.clone()).await).await?;
        if self.wait {
            settled(context).await?;
        }
        context.output.record(&answer)
    }
}

/// Takes a text as it is, or from the file that it names behind an @.
fn text(given: &str) -> Result<String> {
    let Some(path) = given.strip_prefix('@') else { return Ok(given.to_owned()) };
    let mut text = String::new();
    if path == "-" {
        std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::file(Path::new("stdin"), &error))?;
    } else {
        let bytes = private_file::read_public(Path::new(path))?;
        text.push_str(std::str::from_utf8(&bytes).map_err(|_| Failure::usage(format_args!("{path}: not UTF-8 text")))?);
    }
    Ok(text)
}

fn patience(text: &str) -> std::result::Result<Duration, String> {
    if text == "0s" { Ok(Duration::ZERO) } else { global::duration(text) }
}
