//! Secrets that are known here, looked for in everything that cpcd and cpcctl write: they are nowhere.
//!
//! What a program is meant to show once (a new webhook's secret, an invite's code) is where they come from, and not looked into.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use cpc_signing::SecretKey;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Engine as Store, ask_as, eventually, for_each_engine};

/// Passwords of engines, as URLs in the settings have them.
const PASSWORDS: [&str; 3] = ["canary-of-the-store-5c2e", "canary-of-the-cache-91fd", "canary-of-the-index-77ab"];

/// A daemon whose logs are kept, with all that it and cpcctl write.
struct Stage {
    child: Child,
    folder: PathBuf,
    grpc: String,
    rest: String,
    /// What was written, by where.
    written: BTreeMap<String, Vec<u8>>,
    secrets: BTreeMap<&'static str, Vec<u8>>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts a password into a URL.
fn with_password(url: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{user}:{password}@{host}")
}

impl Stage {
    async fn start(engine: &Store, folder: &Path) -> Self {
        let program = env!("CARGO_BIN_EXE_cpcd");
        let mut settings = vec![
            ("CPCD_LOG__FILTER", "debug".to_owned()),
            ("CPCD_LIMITS__LIMIT_LOOPBACK", "true".to_owned()),
            ("CPCD_EVENTS__WEBHOOK_ALLOW", r#"["http://127.0.0.1:9"]"#.to_owned()),
            // Nobody is there: what is said of that must not say how one would get in.
            ("CPCD_CACHE__URL", format!("valkey://cpc:{}@127.0.0.1:1", PASSWORDS[1])),
        ];
        if !engine.url.is_empty() {
            settings.push(("CPCD_STORE__URL", with_password(&engine.url, "postgres", PASSWORDS[0])));
            settings.push(("CPCD_SEARCH__URL", format!("http://cpc:{}@127.0.0.1:1", PASSWORDS[2])));
        }
        let data = folder.join("data");
        let addresses = folder.join("addresses.json");
        if !engine.url.is_empty() {
            let made = Command::new(program).arg("--data-dir").arg(&data).arg("init").envs(settings.clone()).output();
            let made = made.expect("cpcd runs");
            assert!(made.status.success(), "{made:?}");
        }
        let child = Command::new(program)
            .args(["--grpc-listen", "127.0.0.1:0", "--rest-listen", "127.0.0.1:0", "--data-dir"])
            .arg(&data)
            .arg("--addr-file")
            .arg(&addresses)
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(fs::File::create(folder.join("cpcd.out")).unwrap())
            .stderr(fs::File::create(folder.join("cpcd.err")).unwrap())
            .spawn()
            .expect("cpcd starts");
        eventually("cpcd listens", async || addresses.exists()).await;
        let read: Value = serde_json::from_slice(&fs::read(&addresses).unwrap()).unwrap();
        let address = |name: &str| read[name].as_str().unwrap().to_owned();
        let (grpc, rest) = (address("grpc"), address("rest"));
        let secrets = [("root key", fs::read(data.join("root.key")).unwrap())].into_iter();
        let names = ["password of the store", "password of the cache", "password of the index"];
        let passwords = names.into_iter().zip(PASSWORDS.map(|password| password.as_bytes().to_vec()));
        Self {
            child,
            folder: folder.to_owned(),
            grpc,
            rest,
            written: BTreeMap::new(),
            secrets: secrets.chain(passwords).collect(),
        }
    }

    /// Runs cpcctl; gives its exit code and what it printed.
    fn cpcctl(&self, arguments: &[&str]) -> (i32, Vec<u8>, Vec<u8>) {
        let program = Path::new(env!("CARGO_BIN_EXE_cpcd")).with_file_name("cpcctl");
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .current_dir(&self.folder)
            .env("CPCCTL_CONFIG_DIR", self.folder.join("cpcctl"))
            .env("CPCCTL_SOCKET", self.folder.join("data/cpcd.sock"))
            .env("CPCCTL_ENDPOINT", format!("http://{}", self.grpc))
            .output()
            .expect("cpcctl is built beside cpcd");
        (output.status.code().unwrap_or(-1), output.stdout, output.stderr)
    }

    /// Runs cpcctl and keeps what it printed, to be looked into; gives its exit code.
    fn keep(&mut self, arguments: &[&str]) -> i32 {
        let (code, out, err) = self.cpcctl(arguments);
        let place = format!("cpcctl {} ({})", arguments.join(" "), self.written.len());
        self.written.insert(place, [out, err].concat());
        code
    }

    /// Runs cpcctl, which shows a secret this once.
    fn shown_once(&mut self, secret: &'static str, arguments: &[&str]) -> String {
        let (code, out, err) = self.cpcctl(arguments);
        assert_eq!(code, 0, "{arguments:?}: {}", String::from_utf8_lossy(&err));
        let text = String::from_utf8(out).unwrap().trim().to_owned();
        self.secrets.insert(secret, text.clone().into_bytes());
        self.written.insert(format!("stderr of {arguments:?}"), err);
        text
    }

    /// Sends a REST request and keeps the answer, to be looked into.
    async fn rest(&mut self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) {
        let body = body.map(|body| body.to_string());
        let answer = ask_as(&self.rest, method.clone(), path, token, body.as_deref()).await;
        // A renewal's answer has secrets, and is meant to.
        if method == Method::GET || answer.status != 200 {
            let text = format!("{:?}\n{}", answer.headers, answer.text());
            self.written.insert(format!("{method} {path} ({})", self.written.len()), text.into_bytes());
        }
    }

    /// Takes the secrets that cpcctl keeps for itself.
    fn session(&mut self) -> (String, String) {
        let mut found = (String::new(), String::new());
        for file in files(&self.folder.join("cpcctl")) {
            let Ok(Value::Object(kept)) = serde_json::from_slice(&fs::read(file).unwrap()) else { continue };
            // By context.
            for session in kept.values() {
                let text = |name: &str| session.get(name).and_then(Value::as_str).map(str::to_owned);
                if let (Some(access), Some(refresh)) = (text("accessToken"), text("refreshToken")) {
                    found = (access, refresh);
                }
            }
        }
        assert!(found.0.starts_with("eyJ") && found.1.starts_with("cpcr_"), "the session is in cpcctl's folder");
        self.secrets.insert("access token", found.0.clone().into_bytes());
        let signature = found.0.rsplit('.').next().unwrap().as_bytes().to_vec();
        self.secrets.insert("signature of the access token", signature);
        self.secrets.insert("refresh token", found.1.clone().into_bytes());
        found
    }
}

/// Gives the files under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => found.extend(files(&entry.path())),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

/// Gives how a secret may be spelled: as it is, in hexadecimal digits, and inside of base64 wherever it begins.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut spellings = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for offset in 0..3 {
        let shifted = [&[0; 2][..offset], secret].concat();
        for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            // The characters that depend on what is before and behind are left out.
            let from = if offset == 0 { 0 } else { 4 };
            spellings.push(text.as_bytes()[from..text.len() - 2].to_vec());
        }
    }
    spellings
}

/// Gives which of many parts are in a text; reads it once.
fn found<'a, T>(text: &[u8], parts: &'a [(T, Vec<u8>)]) -> Vec<&'a T> {
    let pair = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
    let mut begins = vec![false; 1 << 16];
    parts.iter().for_each(|(_, part)| begins[pair(part)] = true);
    let places = (0..text.len().saturating_sub(1)).filter(|place| begins[pair(&text[*place..])]);
    places
        .flat_map(|place| parts.iter().filter(move |(_, part)| text[place..].starts_with(part)).map(|(name, _)| name))
        .collect()
}

#[test]
fn each_spelling_is_found() {
    let secret = b"canary-of-this-test";
    let parts: Vec<_> = spellings(secret).into_iter().map(|spelling| ((), spelling)).collect();
    for place in [
        secret.to_vec(),
        format!("x{}", STANDARD.encode(secret)).into_bytes(),
        STANDARD.encode([b"a".as_slice(), secret, b"yz"].concat()).into_bytes(),
        URL_SAFE_NO_PAD.encode([b"ab".as_slice(), secret, b"z"].concat()).into_bytes(),
        secret.iter().map(|byte| format!("{byte:02X}")).collect::<String>().into_bytes(),
    ] {
        assert!(!found(&place, &parts).is_empty(), "{place:?}");
    }
    assert!(found(b"canary-of-another-test, Y2FuYXJ5", &parts).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_anything_that_is_written() {
    for_each_engine(async |engine: Store| {
        if engine.name == "replicas" {
            // What they share is not there, by intent.
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut stage = Stage::start(&engine, folder.path()).await;
        // A user's key of our own making, as libp2p writes it.
        let key = SecretKey::generate();
        let libp2p = [&[8, 1, 18, 64], key.seed().as_slice(), key.public().as_bytes()].concat();
        fs::write(folder.path().join("key.libp2p"), &libp2p).unwrap();
        stage.secrets.insert("private key", key.seed().to_vec());
        assert_eq!(stage.keep(&["key", "import", "key.libp2p", "--out", "alice.key"]), 0);
        fs::remove_file(folder.path().join("key.libp2p")).unwrap();
        stage.keep(&["key", "show", "alice.key"]);
        assert_eq!(stage.keep(&["--local", "user", "create", "alice", "--key", "alice.key"]), 0);
        assert_eq!(stage.keep(&["login", "--key", "alice.key"]), 0);
        let (access, refresh) = stage.session();
        for arguments in [
            &["whoami", "-o", "json"][..],
            &["session", "list", "-o", "json"],
            &["config", "show", "--origin"],
            &["context", "show"],
            &["content", "publish", "--title", "a title"],
            &["search", "title"],
            &["user", "list"],
            &["--local", "status", "-o", "json"],
            &["--local", "token-key", "rotate"],
            &["--local", "token-key", "list", "-o", "json"],
            &["--local", "migrate", "status"],
        ] {
            stage.keep(arguments);
        }
        let invite = stage
            .shown_once("invite code", &["--local", "invite", "create", "--kind", "user", "--uses", "1", "-o", "name"]);
        stage.keep(&["--local", "invite", "list", "-o", "json"]);
        let hook = ["webhook", "add", "http://127.0.0.1:9/hook", "-o", "name"];
        let hook = stage.shown_once("secret of the webhook", &hook);
        // What signs is inside of it.
        let signing = STANDARD.decode(hook.strip_prefix("whsec_").unwrap()).unwrap();
        stage.secrets.insert("key of the webhook", signing);
        let (_, listed, _) = stage.cpcctl(&["webhook", "list", "-o", "name"]);
        stage.keep(&["webhook", "test", String::from_utf8(listed).unwrap().trim()]);

        // What is wrong with a secret is said without it; the environment and files are how cpcctl gets one.
        fs::write(folder.path().join("token"), format!("{access}x")).unwrap();
        fs::write(folder.path().join("invite"), &invite).unwrap();
        for arguments in [
            &["whoami", "--token-file", "token", "-o", "json"][..],
            &["node", "register", "--invite-file", "invite", "-o", "json"],
            &["login", "--key", "alice.key", "--invite-file", "invite", "--username", "bob", "-o", "json"],
        ] {
            stage.keep(arguments);
        }
        for (path, token, body) in [
            ("/v1/users", Some(access.clone()), None),
            ("/v1/users", Some(format!("{access}x")), None),
            ("/v1/users", Some(refresh.clone()), None),
            ("/v1/auth/refresh", None, Some(json!({ "refreshToken": refresh }))),
            ("/v1/auth/refresh", None, Some(json!({ "refreshToken": format!("{refresh}x") }))),
            ("/v1/auth/refresh", None, Some(json!({ "refreshToken": [refresh] }))),
            (
                "/v1/auth",
                None,
                Some(json!({ "proof": { "challenge": "AAAA", "signature": "AAAA", "invite": invite } })),
            ),
            ("/v1/auth", None, Some(json!({ "proof": { "challenge": 7, "invite": invite } }))),
            ("/v1/auth", None, Some(json!({ "proof": { "invite": { "code": invite } } }))),
            ("/v1/nodes", None, Some(json!({ "proof": { "invite": invite, "challenge": "AAAA" } }))),
        ] {
            let method = if body.is_some() { Method::POST } else { Method::GET };
            stage.rest(method, path, token.as_deref(), body).await;
        }
        stage.rest(Method::GET, "/metrics", None, None).await;
        stage.rest(Method::GET, "/openapi.json", None, None).await;
        eventually("refusals are in the audit", async || {
            let (_, out, _) = stage.cpcctl(&["--local", "audit", "list", "--outcome", "refused", "-o", "ndjson"]);
            out.split(|byte| *byte == b'\n').count() > 3
        })
        .await;
        stage.keep(&["--local", "audit", "list", "-o", "json"]);
        stage.keep(&["--local", "audit", "export"]);
        let limits = fs::read_to_string(format!("/proc/{}/limits", stage.child.id()));
        if let Ok(limits) = limits {
            let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
            assert_eq!(core.split_whitespace().nth(4), Some("0"), "no core is written: {core}");
        }
        let (data, home) = (folder.path().join("data"), folder.path().join("cpcctl"));
        if engine.url.is_empty() {
            engine.execute(&data, &format!("VACUUM INTO '{}'", folder.path().join("backup.sqlite").display())).await;
        } else {
            stage.written.insert("PostgreSQL".to_owned(), engine.dump().await.into_bytes());
        }
        Command::new("kill").args(["-TERM", &stage.child.id().to_string()]).status().unwrap();
        stage.child.wait().unwrap();
        // Logs, the store's files, its backup, the index: all but what is there to keep a secret.
        let private = [
            data.join("root.key"),
            folder.path().join("alice.key"),
            folder.path().join("token"),
            folder.path().join("invite"),
        ];
        for file in files(folder.path()) {
            if !private.contains(&file) && !file.starts_with(&home) {
                stage.written.insert(file.display().to_string(), fs::read(&file).unwrap());
            }
        }
        let log = &stage.written[&folder.path().join("cpcd.err").display().to_string()];
        let says = String::from_utf8_lossy(log);
        assert!(says.contains("DEBUG") && says.contains("answered a call"), "it logs what it does");
        assert!(stage.written.len() > 30 && stage.secrets.len() == 11, "{:?}", stage.secrets.keys());
        let parts: Vec<_> = stage
            .secrets
            .iter()
            .flat_map(|(name, secret)| spellings(secret).into_iter().map(move |spelling| (*name, spelling)))
            .collect();
        let places = stage.written.iter().flat_map(|(place, text)| {
            found(text, &parts).into_iter().map(move |name| format!("the {name} in {place}"))
        });
        let places: Vec<_> = places.collect();
        assert!(places.is_empty(), "on {}: {places:#?}", engine.name);
    })
    .await;
}

/// What is printed of values, as a panic's message would have it.
#[test]
fn nothing_that_is_printed_of_settings_has_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let overrides = [
        ("server.data_dir", Some(folder.path().display().to_string())),
        ("store.url", Some(format!("postgres://cpcd:{}@localhost/cpcd", PASSWORDS[0]))),
        ("cache.url", Some(format!("valkey://cpc:{}@localhost", PASSWORDS[1]))),
        ("search.url", Some(format!("https://cpc:{}@localhost", PASSWORDS[2]))),
    ];
    let settings = cpcd::settings::Settings::load(None, &overrides).unwrap();
    let mut printed = format!("{settings:?} {settings:#?}");
    for (key, wrong) in
        [("store.url", "mysql://cpcd:{}@x"), ("cache.url", "memcached://cpc:{}@x"), ("search.url", "ftp://cpc:{}@x")]
    {
        for password in PASSWORDS {
            let wrong = wrong.replace("{}", password);
            let error = cpcd::settings::Settings::load(None, &[(key, Some(wrong))]).unwrap_err();
            printed += &format!("{error:?} {error:#}");
        }
    }
    for password in PASSWORDS {
        assert!(!printed.contains(password), "{printed}");
    }
}
