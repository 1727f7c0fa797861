//! The file of `--token-file`.

use std::{io::Read, path::Path};

use crate::{
    environment::Token,
    failure::{Failure, Result},
    private_file,
};

/// Reads the token in a file, or in stdin if that is `-`.
pub(crate) fn read(path: &Path) -> Result<Token> {
    let mut text = zeroize::Zeroizing::new(String::new());
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::file(Path::new("stdin"), &error))?;
    } else {
        let bytes = private_file::read_public(path)?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    match text.trim() {
        "" => Err(Failure::usage(format_args!("{}: there is no token in it", path.display()))),
        token => Ok(Token(token.to_owned())),
    }
}
