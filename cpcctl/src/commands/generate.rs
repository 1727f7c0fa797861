use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clap::{Command, ValueEnum};
use clap_complete::{Generator, Shell};
use clap_mangen::Man;

use super::completion;
use crate::{
    context::Context,
    environment,
    exit::Exit,
    failure::{Failure, Field, Result},
};

/// Writes completions/ and man/ from the definition of the commands
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cpcctl generate
  cpcctl generate --check")]
pub(crate) struct Args {
    /// The folder that holds completions/ and man/
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Write nothing; fail if a file is not what would be written
    #[arg(long)]
    check: bool,
}

impl Args {
    pub(crate) fn run(self, definition: Command, context: &Context) -> Result<()> {
        let files = files(definition)?;
        if self.check {
            return self.compare(&files);
        }
        for (name, bytes) in &files {
            let path = self.folder.join(name);
            let parent = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(parent).map_err(|error| Failure::file(parent, &error))?;
            fs::write(&path, bytes).map_err(|error| Failure::file(&path, &error))?;
        }
        for stale in self.strangers(&files) {
            let path = self.folder.join(stale);
            fs::remove_file(&path).map_err(|error| Failure::file(&path, &error))?;
        }
        context.output.note(format_args!("{} files written", files.len()));
        Ok(())
    }

    fn compare(&self, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
        let differs =
            |(name, bytes): &(&PathBuf, &Vec<u8>)| fs::read(self.folder.join(name)).ok().as_ref() != Some(*bytes);
        let field = |name: &Path, description: &str| Field {
            field: name.display().to_string(),
            description: description.to_owned(),
        };
        let mut fields: Vec<Field> =
            files.iter().filter(differs).map(|(name, _)| field(name, "is missing or not current")).collect();
        fields.extend(self.strangers(files).iter().map(|name| field(name, "belongs to no command")));
        if fields.is_empty() {
            return Ok(());
        }
        let count = fields.len();
        Err(Failure::new(Exit::CheckFailed, "GENERATED_STALE", format_args!("{count} generated files are not current"))
            .with_fields(fields)
            .hint("write them with `cpcctl generate`"))
    }

    /// Files in the two folders that the definition does not know.
    fn strangers(&self, files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
        let list = |folder: &str| fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let named = |folder: &'static str| list(folder).map(move |entry| Path::new(folder).join(entry.file_name()));
        named("completions").chain(named("man")).filter(|name| !files.contains_key(name)).collect()
    }
}

/// Gives every generated file.
fn files(mut definition: Command) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for shell in Shell::value_variants() {
        let bytes = completion::script(*shell, &mut definition);
        files.insert(Path::new("completions").join(shell.file_name("cpcctl")), bytes);
    }
    definition.build();
    pages(&definition, &mut files)?;
    Ok(files)
}

/// Adds the man page of a command and of those below it.
fn pages(command: &Command, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let man = Man::new(command.clone()).manual("CPC Orchestrator");
    let mut bytes = Vec::new();
    man.render(&mut bytes)?;
    let is_root = !command.get_display_name().unwrap_or_default().contains('-');
    if is_root {
        bytes.extend(root_sections().bytes());
    }
    files.insert(Path::new("man").join(man.get_filename()), bytes);
    let visible = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    command.get_subcommands().filter(visible).try_for_each(|command| pages(command, files))
}

/// What the definition does not hold: exit codes, variables, files.
fn root_sections() -> String {
    let plain = |text: &str| text.replace('\\', "\\e").replace('-', "\\-");
    let item = |term: &str, text: &str| format!(".TP\n\\fB{}\\fR\n{}\n", plain(term), plain(text));
    let codes: String =
        Exit::ALL.into_iter().map(Exit::explain).map(|(code, text)| item(&code.to_string(), text)).collect();
    let variables: String = environment::VARIABLES.iter().map(|(name, text)| item(name, text)).collect();
    let files: String = [
        ("contexts.json", "servers, their ids, keys and user names; one entry a context"),
        ("current", "the name of the context that `context use` chose"),
        ("sessions.json", "access and refresh tokens; mode 0600, refused if others may read it"),
        ("id_ed25519, id_ed25519.pub", "the key that is used if none is named, in the form of OpenSSH"),
    ]
    .iter()
    .map(|(name, text)| item(name, text))
    .collect();
    format!(
        ".SH \"EXIT STATUS\"\n{codes}.SH ENVIRONMENT\n{variables}.SH FILES\n\
         In the configuration folder (on Linux ~/.config/cpcctl):\n{files}"
    )
}
