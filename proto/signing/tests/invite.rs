//! Invite codes: read back as they were written, and nothing else is read.

use cpc_signing::{INVITE_PREFIX, InviteCode, SecretKey};
use proptest::prelude::*;

fn code(endpoints: Vec<String>, pin: Option<[u8; 32]>) -> InviteCode {
    InviteCode {
        id: [1; 16],
        secret: [2; 16],
        expires_at: 1_893_456_000,
        server: SecretKey::from_seed(&[3; 32]).public(),
        endpoints,
        tls_pin: pin,
        seal: [4; 32],
    }
}

#[test]
fn a_code_is_read_back() {
    let codes = [
        code(Vec::new(), None),
        code(vec!["http://127.0.0.1:50051".into()], None),
        code(vec!["https://a.example:50051".into(), "https://b.example".into()], Some([5; 32])),
    ];
    for code in codes {
        let text = code.to_text();
        assert!(text.starts_with(INVITE_PREFIX) && text.len() < 400, "{} characters", text.len());
        assert_eq!(InviteCode::parse(&text), Ok(code.clone()));
        let server = SecretKey::from_seed(&[3; 32]).public().peer_id().to_string();
        assert_eq!(code.server_id(), server);
    }
}

#[test]
fn a_code_shows_no_secret() {
    let shown = format!("{:?}", code(Vec::new(), None));
    assert!(!shown.contains("secret") && !shown.contains('2'.to_string().repeat(3).as_str()), "{shown}");
}

#[test]
fn what_is_cut_or_has_more_is_no_code() {
    let text = code(vec!["http://127.0.0.1:50051".into()], Some([5; 32])).to_text();
    for end in 0..text.len() {
        assert!(InviteCode::parse(&text[..end]).is_err(), "{end}");
    }
    for wrong in [
        format!("{}A", *text),
        format!("{}=", *text),
        format!("{}AAAA", *text),
        format!(" {}", *text),
        format!("{}\n", *text),
        text.replace(INVITE_PREFIX, "cpcr_"),
        text.replace(INVITE_PREFIX, ""),
        "A".repeat(100_000),
    ] {
        assert!(InviteCode::parse(&wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let text = format!("{INVITE_PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
        if let Ok(code) = InviteCode::parse(&text) {
            prop_assert_eq!(&*code.to_text(), &text, "one spelling for each code");
        }
    }
}
