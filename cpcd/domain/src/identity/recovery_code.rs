//! Recovery codes as people keep them: 128 random bits in letters and digits that are not mistaken for each other.
//!
//! What the store keeps is a plain SHA-256 of the user and the code. A slow hash such as Argon2id makes the guessing of what people
//! choose dear; nobody guesses 128 random bits, so that it would only make it dear for us to be asked. No key is needed for it either:
//! codes are to be good after the root key was lost.

use aws_lc_rs::{digest, rand};
use cpcd_model::{Error, Result, id::UserId};
use zeroize::Zeroizing;

/// Crockford's alphabet: without i, l, o and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LEN: usize = 16;
/// Digits of five bits each.
const DIGITS: usize = 26;
/// Digits between two dashes.
const GROUP: usize = 5;

/// Makes a code.
pub(super) fn make() -> Result<Zeroizing<[u8; LEN]>> {
    let mut code = Zeroizing::new([0; LEN]);
    rand::fill(code.as_mut()).map_err(|_| Error::internal("the system gives no random bytes"))?;
    Ok(code)
}

/// Writes a code.
pub(super) fn write(code: &[u8; LEN]) -> Zeroizing<String> {
    let number = u128::from_be_bytes(*code);
    let mut text = Zeroizing::new(String::with_capacity(DIGITS + DIGITS / GROUP));
    for place in 0..DIGITS {
        if place > 0 && place % GROUP == 0 && place < DIGITS - 1 {
            text.push('-');
        }
        let digit = (number >> (5 * (DIGITS - 1 - place))) & 31;
        text.push(char::from(ALPHABET[usize::try_from(digit).unwrap_or_default()]));
    }
    text
}

/// Reads a code, however it was copied: in either case, with or without dashes and spaces, with o for 0 and i or l for 1.
pub(super) fn read(text: &str) -> Option<Zeroizing<[u8; LEN]>> {
    if text.len() > 200 {
        return None;
    }
    let (mut number, mut digits) = (0_u128, 0);
    for letter in text.bytes().filter(|letter| !b"- \t\r\n".contains(letter)) {
        let letter = match letter.to_ascii_lowercase() {
            b'o' => b'0',
            b'i' | b'l' => b'1',
            letter => letter,
        };
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        // The first digit has three bits: what does not fit is no code.
        if digits == DIGITS || number >> 123 != 0 {
            return None;
        }
        number = number << 5 | digit as u128;
        digits += 1;
    }
    (digits == DIGITS).then(|| Zeroizing::new(number.to_be_bytes()))
}

/// Gives what the store keeps of a user's code.
pub(super) fn hash(user: UserId, code: &[u8; LEN]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"cpc-recovery-code-v1");
    context.update(user.uuid().as_bytes());
    context.update(code);
    *context.finish().as_ref().first_chunk().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_copied() {
        for _ in 0..100 {
            let code = make().unwrap();
            let text = write(&code);
            assert_eq!(text.len(), 30, "{}", *text);
            assert_eq!(read(&text).as_deref(), Some(&*code));
            let copied = text.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
            assert_eq!(read(&copied).as_deref(), Some(&*code), "{copied}");
        }
        assert_eq!(&*write(&[0xff; 16]), "7zzzz-zzzzz-zzzzz-zzzzz-zzzzzz");
        for wrong in [
            "",
            "7zzzz-zzzzz-zzzzz-zzzzz-zzzzz",
            "7zzzz-zzzzz-zzzzz-zzzzz-zzzzzzz",
            "8zzzz-zzzzz-zzzzz-zzzzz-zzzzzz",
            "7zzzz-zzzzz-zzzzz-zzzzz-zzzzzu",
            "ä",
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_code_is_one_users() {
        let (code, alice, bob) = (make().unwrap(), UserId::generate(), UserId::generate());
        assert_eq!(hash(alice, &code), hash(alice, &code));
        assert_ne!(hash(alice, &code), hash(bob, &code));
    }
}
