//! Follows the heads of HTTP/1.1 requests, for what the library sees to silently: a request with two lengths.
//!
//! Who takes the one and who takes the other disagree on where the next request begins (RFC 9112, section 6.1), and a proxy in front
//! may be such a one. The library takes the chunks and closes; we refuse, so that whoever sends such a request learns of it.

/// What follows in the connection.
enum State {
    /// A head, of which this has come.
    Head(Vec<u8>),
    /// So many bytes of a body.
    Body(u64),
    /// Something that is left to the library.
    Unknown,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing wrong so far.
    Nothing,
    /// Two lengths, and whether in the first request.
    TwoLengths { is_first: bool },
}

/// The heads of a connection.
pub(super) struct Heads {
    state: State,
    seen: usize,
    longest: usize,
}

impl Heads {
    pub(super) fn new(longest: usize) -> Self {
        Self { state: State::Head(Vec::new()), seen: 0, longest }
    }

    /// Takes note of what came.
    pub(super) fn note(&mut self, mut bytes: &[u8]) -> Found {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Unknown => return Found::Nothing,
                State::Body(left) => {
                    let passed = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= passed as u64;
                    bytes = &bytes[passed..];
                    if *left == 0 {
                        self.state = State::Head(Vec::new());
                    }
                }
                State::Head(head) => {
                    if head.is_empty() {
                        // Empty lines before a request are none of it (RFC 9112, section 2.2).
                        bytes = bytes.trim_ascii_start();
                    }
                    let before = head.len();
                    head.extend_from_slice(bytes);
                    let Some(end) = end_of_head(head) else {
                        if head.len() > self.longest {
                            self.state = State::Unknown;
                        }
                        return Found::Nothing;
                    };
                    bytes = &bytes[end - before..];
                    self.seen += 1;
                    let (length, chunked) = lengths(&head[..end]);
                    self.state = match (length, chunked) {
                        (Some(_), true) => return Found::TwoLengths { is_first: self.seen == 1 },
                        (None, true) | (Some(None), false) => State::Unknown,
                        (Some(Some(length)), false) if length > 0 => State::Body(length),
                        (Some(Some(_)) | None, false) => State::Head(Vec::new()),
                    };
                }
            }
        }
        Found::Nothing
    }
}

/// Gives where the body begins. A line may end without a carriage return.
fn end_of_head(head: &[u8]) -> Option<usize> {
    let after = |pattern: &[u8]| head.windows(pattern.len()).position(|at| at == pattern).map(|at| at + pattern.len());
    [after(b"\n\r\n"), after(b"\n\n")].into_iter().flatten().min()
}

/// Gives the length that a head says, none if it says none, and whether it says that the body comes encoded for its transfer.
fn lengths(head: &[u8]) -> (Option<Option<u64>>, bool) {
    let (mut length, mut is_encoded) = (None, false);
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            length = Some(std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()));
        }
        is_encoded |= name.eq_ignore_ascii_case(b"transfer-encoding");
    }
    (length, is_encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, cut: usize) -> Found {
        let mut heads = Heads::new(1000);
        text.as_bytes()
            .chunks(cut)
            .map(|part| heads.note(part))
            .find(|found| *found != Found::Nothing)
            .unwrap_or(Found::Nothing)
    }

    #[test]
    fn two_lengths_are_found_wherever_they_are() {
        let two = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\ncontent-length: 3\r\n\r\n";
        let other = "POST / HTTP/1.1\ncontent-length: 3\nTRANSFER-ENCODING:chunked\n\n";
        let body = "POST / HTTP/1.1\r\ncontent-length: 55\r\n\r\nGET / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: x\r\n";
        let none = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        for cut in [1, 2, 7, 1000] {
            assert_eq!(found(two, cut), Found::TwoLengths { is_first: true });
            assert_eq!(found(other, cut), Found::TwoLengths { is_first: true });
            assert_eq!(found(&format!("{none}\r\n{two}"), cut), Found::TwoLengths { is_first: false });
            assert_eq!(found(&format!("{body}{none}"), cut), Found::Nothing, "what stands in a body is no head");
            assert_eq!(found(&none.repeat(50), cut), Found::Nothing);
            assert_eq!(found(&format!("GET / HTTP/1.1\r\n{}", "x: y\r\n".repeat(500)), cut), Found::Nothing);
        }
    }
}
