//! Parameters of an `Authorization` header (RFC 9110, section 11.2): `name="value"`, separated by commas or spaces.

/// Reads the parameters of a scheme; nothing if the text is of another scheme, or says one thing twice, or is malformed.
pub(crate) fn read<'a>(text: &'a str, scheme: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let (given, mut rest) = text.split_once(' ')?;
    if !given.eq_ignore_ascii_case(scheme) {
        return None;
    }
    let mut read: Vec<(&str, &str)> = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(read);
        }
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_end();
        let (value, after) = match after.strip_prefix('"') {
            // No value of ours has a quote or a backslash in it.
            Some(quoted) => quoted.split_once('"').filter(|(value, _)| !value.contains('\\'))?,
            None => after.split_at(after.find([' ', '\t', ',']).unwrap_or(after.len())),
        };
        let is_token = !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-');
        if !is_token || read.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return None;
        }
        read.push((name, value));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_quoted_or_not_and_come_once() {
        let read = |text| read(text, "libp2p-PeerID");
        let both = Some(vec![("sig", "a=="), ("public-key", "b")]);
        for text in [
            r#"libp2p-PeerID sig="a==", public-key="b""#,
            r#"libp2p-peerid sig="a==" public-key="b""#,
            r#"libp2p-PeerID  sig=a==,public-key=b ,"#,
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("libp2p-PeerID "), Some(Vec::new()));
        for wrong in [
            r#"Bearer sig="a""#,
            r#"libp2p-PeerID sig="a", sig="b""#,
            r#"libp2p-PeerID sig="a", SIG="b""#,
            r#"libp2p-PeerID sig="a"#,
            r#"libp2p-PeerID sig"#,
            r#"libp2p-PeerID ="a""#,
            r#"libp2p-PeerID si g="a""#,
            r#"libp2p-PeerID sig="a\"b""#,
            "libp2p-PeerID",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
