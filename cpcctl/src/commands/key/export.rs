use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::ValueEnum;
use cpc_signing::PublicKey;
use serde::Serialize;
use zeroize::Zeroizing;

use super::show;
use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Result},
    key_choice::KeyChoice,
    key_file::{self, NewKey},
    key_form::{self, Found, libp2p, pkcs8},
    output::{Output, Show},
    private_file::{self, Mode},
};

/// Writes a key in the form of another program
///
/// A private key goes to a file of its own, and to stdout only with --out -. The public half goes to stdout.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl key export --format libp2p --out peer.key
  cpcctl key export work.key --format pkcs8 --out - | openssl pkey -pubout
  cpcctl key export --public --format peer-id
  cpcctl key export --public agent:alice@work >> authorized_keys")]
pub(crate) struct Args {
    /// The private file; with --public also a .pub file or a key of the ssh-agent [default: id_ed25519 in cpcctl's configuration folder]
    #[arg(value_name = "FILE|agent[:KEY]")]
    key: Option<KeyChoice>,
    /// The form [default: openssh, with --public ssh]
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Format>,
    /// Write the public half
    #[arg(long)]
    public: bool,
    /// The file to write, - for stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How libp2p's bytes are written [default: binary, with --public base64]
    #[arg(long, value_enum, value_name = "HOW")]
    encoding: Option<Encoding>,
    /// Protect the file with a new passphrase, which is asked for (openssh only) [default: that of the key, if it has one]
    #[arg(long, conflicts_with = "public")]
    passphrase: bool,
    /// Write over an existing file
    #[arg(long)]
    force: bool,
}

/// A form to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Private: as ssh-keygen writes it
    Openssh,
    /// Private: PKCS#8 in PEM, as openssl writes it
    Pkcs8,
    /// Private or public: libp2p's protobuf form
    Libp2p,
    /// Public: a line for authorized_keys
    Ssh,
    /// Public: libp2p's name of the key
    PeerId,
    /// Public: the 32 bytes of the key in hex
    Hex,
}

/// How bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    /// As they are
    Binary,
    /// A line of base64
    Base64,
    /// A line of hex
    Hex,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let format = self.format.unwrap_or(if self.public { Format::Ssh } else { Format::Openssh });
        if self.encoding.is_some() && format != Format::Libp2p {
            return Err(Failure::usage("--encoding is for --format libp2p alone"));
        }
        if self.public { self.write_public(context, format).await } else { self.write_private(context, format) }
    }

    async fn write_public(self, context: &Context, format: Format) -> Result<()> {
        if matches!(format, Format::Openssh | Format::Pkcs8) {
            return Err(misfit(format, "is a form of private keys: leave --public away"));
        }
        let (key, comment) = show::public(context, self.key.as_ref()).await?;
        let libp2p = || libp2p::encode_public(&key);
        let (bytes, text) = match (format, self.encoding) {
            (Format::Ssh | Format::Openssh | Format::Pkcs8, _) => (None, key_file::line(&key, &comment)),
            (Format::PeerId, _) => (None, key.peer_id().to_string()),
            (Format::Hex, _) => (None, hex(key.as_bytes())),
            (Format::Libp2p, Some(Encoding::Hex)) => (None, hex(&libp2p())),
            (Format::Libp2p, Some(Encoding::Binary)) => (Some(libp2p()), BASE64_STANDARD.encode(libp2p())),
            (Format::Libp2p, Some(Encoding::Base64) | None) => (None, BASE64_STANDARD.encode(libp2p())),
        };
        let raw = bytes.clone().unwrap_or_else(|| format!("{text}\n").into_bytes());
        let mut exported = Exported::new(format, &key);
        match self.out.filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                write(&path, Mode::Public, &raw, self.force)?;
                exported.path = Some(private_file::absolute(&path));
                context.output.record(&exported)
            }
            None if context.output.is_json() => {
                exported.value = Some(&text);
                context.output.record(&exported)
            }
            None => {
                refuse_terminal(bytes.is_some())?;
                Output::raw(&raw)
            }
        }
    }

    fn write_private(self, context: &Context, format: Format) -> Result<()> {
        let path = match self.key.unwrap_or_else(|| KeyChoice::File(context.contexts.default_key())) {
            KeyChoice::File(path) => path,
            KeyChoice::Agent(_) => {
                return Err(Failure::usage(
                    "an ssh-agent gives no private key away: export it from its file, or add --public",
                ));
            }
        };
        let Some(out) = self.out else {
            return Err(Failure::usage("where to? a private key is not printed unasked")
                .hint("name a file with --out FILE, or - for stdout; the public half alone: --public"));
        };
        if matches!(format, Format::Ssh | Format::PeerId | Format::Hex) {
            return Err(misfit(format, "is a form of public keys: add --public"));
        }
        if self.passphrase && format != Format::Openssh {
            return Err(misfit(format, "has no passphrase here: leave --passphrase away"));
        }
        let is_stdout = out.as_os_str() == "-";
        let is_binary = format == Format::Libp2p && self.encoding.is_none_or(|encoding| encoding == Encoding::Binary);
        if is_stdout && !context.output.is_json() {
            refuse_terminal(is_binary)?;
        }
        let ask = || context.prompt.passphrase(&format!("Passphrase of {}", path.display()));
        let bytes = private_file::read(&path).map_err(show::make_one)?;
        let found = key_form::read(&path, &bytes, ask)?;
        let public = found.secret.public();
        if found.passphrase.is_some() && format != Format::Openssh {
            context.output.warning("the key has a passphrase here, and none in the form that is written");
        }
        let passphrase = self.passphrase.then(|| context.prompt.new_passphrase()).transpose()?;
        let mut exported = Exported::new(format, &public);
        if is_stdout && context.output.is_json() {
            let encoding = self.encoding.filter(|encoding| *encoding != Encoding::Binary).unwrap_or(Encoding::Base64);
            let secret = encode(&found, format, Some(encoding), passphrase.as_ref())?;
            exported.value = std::str::from_utf8(&secret).ok();
            return secret_json(&exported);
        }
        let secret = encode(&found, format, self.encoding, passphrase.as_ref())?;
        if is_stdout {
            return Output::raw(&secret);
        }
        write(&out, Mode::Private, &secret, self.force)?;
        exported.path = Some(private_file::absolute(&out));
        context.output.record(&exported)
    }
}

fn encode(
    found: &Found,
    format: Format,
    encoding: Option<Encoding>,
    passphrase: Option<&Zeroizing<String>>,
) -> Result<Zeroizing<Vec<u8>>> {
    let line = |mut text: Zeroizing<String>| {
        // Within its capacity: no copy is left behind.
        text.push('\n');
        Zeroizing::new(std::mem::take(&mut *text).into_bytes())
    };
    Ok(match (format, encoding) {
        (Format::Libp2p, Some(Encoding::Base64)) => line(libp2p::base64(&found.secret)),
        (Format::Libp2p, Some(Encoding::Hex)) => line(libp2p::hex(&found.secret)),
        (Format::Libp2p, Some(Encoding::Binary) | None) => libp2p::encode(&found.secret),
        (Format::Pkcs8, _) => Zeroizing::new(std::mem::take(&mut *pkcs8::pem(&found.secret)).into_bytes()),
        (Format::Openssh | Format::Ssh | Format::PeerId | Format::Hex, _) => {
            let passphrase = passphrase.or(found.passphrase.as_ref()).map(|passphrase| passphrase.as_str());
            let comment = found.comment.as_deref().unwrap_or("cpcctl");
            let key = NewKey { secret: &found.secret, comment, passphrase };
            let (mut text, _) = key_file::encode(&key).map_err(|error| {
                Failure::new(Exit::Failure, "KEY_INVALID", format_args!("cannot be written: {error}"))
            })?;
            Zeroizing::new(std::mem::take(&mut *text).into_bytes())
        }
    })
}

fn write(path: &Path, mode: Mode, bytes: &[u8], is_forced: bool) -> Result<()> {
    private_file::create_parent(path)?;
    if is_forced {
        return private_file::replace(path, mode, bytes);
    }
    private_file::create(path, mode, bytes).map_err(|failure| {
        if failure.exit == Exit::Conflict { failure.hint("write over it with --force") } else { failure }
    })
}

fn refuse_terminal(is_binary: bool) -> Result<()> {
    if is_binary && std::io::stdout().is_terminal() {
        return Err(Failure::usage("binary data is not written to a terminal")
            .hint("add --encoding base64 or --encoding hex, or name a file with --out"));
    }
    Ok(())
}

/// Writes a private key as JSON from memory that is wiped.
fn secret_json(exported: &Exported<'_>) -> Result<()> {
    let mut json = Zeroizing::new(Vec::with_capacity(16 << 10));
    serde_json::to_writer_pretty(&mut *json, exported).expect("plain data has a JSON form");
    json.push(b'\n');
    Output::raw(&json)
}

fn misfit(format: Format, why: &str) -> Failure {
    Failure::usage(format_args!("--format {} {why}", format.name()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Format {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// What was written, and where; the value itself if it went to stdout.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'a> {
    format: String,
    peer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

impl Exported<'_> {
    fn new(format: Format, key: &PublicKey) -> Self {
        Self { format: format.name(), peer_id: key.peer_id().to_string(), path: None, value: None }
    }
}

impl Show for Exported<'_> {
    fn name(&self) -> String {
        self.peer_id.clone()
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let path = self.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        vec![("Path", path), ("Format", self.format.clone()), ("Peer id", self.peer_id.clone())]
    }
}
