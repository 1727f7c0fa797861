//! TLS on both edges: what is spoken, what is refused, and certificates that change.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cpcd::tls::{Made, Wanted, init};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::{
    harness::{Daemon, Engine, eventually, within},
    process::Process,
};

/// A folder with an authority and a certificate for this machine.
struct Certificates {
    _folder: tempfile::TempDir,
    made: Made,
}

impl Certificates {
    fn new(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = make(&folder.path().join("tls"), names);
        Self { _folder: folder, made }
    }

    fn paths(&self) -> (&str, &str) {
        (self.made.certificate.to_str().unwrap(), self.made.key.to_str().unwrap())
    }
}

fn make(folder: &Path, names: &[&str]) -> Made {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    init(&Wanted { names, folder: folder.to_owned(), replace: true }).unwrap()
}

/// A daemon with TLS, and the addresses of its edges.
async fn serve(
    data: &Path,
    certificate: &str,
    key: &str,
    more: &[(&'static str, &str)],
) -> (cpcd::Server, [SocketAddr; 2]) {
    let settings = [&[("tls.cert_file", certificate), ("tls.key_file", key)], more].concat();
    let server = Daemon::bind(&Engine::sqlite(), data, &settings).await.unwrap();
    let addresses = [server.addresses().grpc, server.addresses().rest];
    (server, addresses)
}

/// Believes an authority, speaks some protocols.
fn client(authority: &Path, protocols: &[&str]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut config =
        builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}

async fn dial(address: SocketAddr, name: &str, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn channel(address: SocketAddr, config: &ClientConfig) -> Channel {
    let config = config.clone();
    let dial = tower::service_fn(move |_: http::Uri| {
        let config = config.clone();
        async move { dial(address, "localhost", config).await.map(TokioIo::new) }
    });
    Endpoint::from_static("https://localhost").connect_with_connector(dial).await.expect("a connection")
}

async fn is_healthy(channel: &Channel) -> bool {
    let answer = HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await;
    answer.is_ok_and(|answer| answer.into_inner().status == 1)
}

/// Reads until the other side ends it; panics if it does not.
async fn ended(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A connection that is cut off may end in a reset.
    let _ = within("the connection ends", stream.read_to_end(&mut bytes)).await;
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn both_edges_speak_it() {
    let certificates = Certificates::new(&["localhost"]);
    let (certificate, key) = certificates.paths();
    let data = tempfile::tempdir().unwrap();
    let (server, [grpc, rest]) = serve(data.path(), certificate, key, &[]).await;
    let authority = &certificates.made.authority;
    assert!(is_healthy(&channel(grpc, &client(authority, &["h2"])).await).await);

    let mut stream = dial(rest, "localhost", client(authority, &["http/1.1"])).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");

    let stream = dial(rest, "localhost", client(authority, &["h2", "http/1.1"])).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("https://localhost/livez").body(Empty::<bytes::Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok\n");

    // A client that speaks nothing of what gRPC needs, and one that takes us for another.
    assert!(dial(grpc, "localhost", client(authority, &["http/1.1"])).await.is_err());
    assert!(dial(grpc, "other.example", client(authority, &["h2"])).await.is_err());
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_handshake_is_closed() {
    let certificates = Certificates::new(&["localhost"]);
    let (certificate, key) = certificates.paths();
    let data = tempfile::tempdir().unwrap();
    let (server, addresses) = serve(data.path(), certificate, key, &[("limits.handshake_seconds", "1")]).await;
    let starts: [&[u8]; 4] =
        [b"", b"\x16\x03\x01", b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];
    for address in addresses {
        for start in starts {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(start).await.unwrap();
            let answer = ended(stream).await;
            assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "nothing is told in the clear: {answer:?}");
        }
    }
    let authority = &certificates.made.authority;
    assert!(is_healthy(&channel(addresses[0], &client(authority, &["h2"])).await).await, "it goes on");
    server.shutdown().await;

    // The other way round: a handshake where there is no TLS.
    let daemon = Daemon::bind(&Engine::sqlite(), &data.path().join("plain"), &[]).await.unwrap();
    for address in [daemon.addresses().grpc, daemon.addresses().rest] {
        let answer = within("it is refused", dial(address, "localhost", client(authority, &["h2"]))).await;
        assert!(answer.is_err());
    }
    daemon.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_handshakes_cost_the_oldest() {
    let certificates = Certificates::new(&["localhost"]);
    let (certificate, key) = certificates.paths();
    let data = tempfile::tempdir().unwrap();
    // One runtime, so that they begin in the order in which they came.
    let more = [("limits.handshakes", "2"), ("limits.handshake_seconds", "600"), ("server.grpc_threads", "1")];
    let (server, [grpc, _]) = serve(data.path(), certificate, key, &more).await;
    let oldest = TcpStream::connect(grpc).await.unwrap();
    let (second, third) = (TcpStream::connect(grpc).await.unwrap(), TcpStream::connect(grpc).await.unwrap());
    ended(oldest).await;
    let authority = &certificates.made.authority;
    assert!(is_healthy(&channel(grpc, &client(authority, &["h2"])).await).await, "others come in all the same");
    ended(second).await;
    let mut byte = [0];
    assert_eq!(third.try_read(&mut byte).unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "two may wait");
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    // As a certificate manager does it: a link to a folder, put in place by renaming.
    let versions: [PathBuf; 2] = ["one", "two"].map(|name| folder.path().join(name));
    let [one, two] = &versions;
    let first = make(one, &["localhost"]);
    let link = folder.path().join("current");
    std::os::unix::fs::symlink(one, &link).unwrap();
    let (certificate, key) = (link.join("server.pem"), link.join("server.key"));
    let data = folder.path().join("data");
    let (server, [grpc, rest]) = serve(&data, certificate.to_str().unwrap(), key.to_str().unwrap(), &[]).await;
    let believes = |made: &Made| client(&made.authority, &["h2"]);
    let old = channel(grpc, &believes(&first)).await;
    assert!(is_healthy(&old).await);

    let second = make(two, &["localhost"]);
    let fresh = folder.path().join("fresh");
    std::os::unix::fs::symlink(two, &fresh).unwrap();
    fs::rename(&fresh, &link).unwrap();
    for address in [grpc, rest] {
        eventually("new connections get the new certificate", async || {
            dial(address, "localhost", believes(&second)).await.is_ok()
        })
        .await;
    }
    assert!(dial(grpc, "localhost", believes(&first)).await.is_err(), "and not the old one");
    assert!(is_healthy(&old).await, "old connections go on");

    // Broken: half a certificate, then a key that is another's, then one that all can read. What comes after is taken again, which
    // shows that each was looked at and left alone.
    let good = fs::read(&second.certificate).unwrap();
    let looks = async |name: &str| {
        let renewed = make(two, &["localhost", name]);
        eventually("the mended certificate is taken", async || dial(grpc, name, believes(&renewed)).await.is_ok())
            .await;
    };
    fs::write(&second.certificate, &good[..good.len() / 3]).unwrap();
    assert!(dial(grpc, "localhost", believes(&second)).await.is_ok());
    looks("a.example").await;
    let key = fs::read(&second.key).unwrap();
    fs::write(&second.key, fs::read(&first.key).unwrap()).unwrap();
    assert!(dial(grpc, "localhost", believes(&second)).await.is_ok());
    fs::write(&second.key, &key).unwrap();
    looks("b.example").await;
    assert!(is_healthy(&old).await);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_files_are_named_at_the_start() {
    let certificates = Certificates::new(&["localhost"]);
    let other = Certificates::new(&["localhost"]);
    let (certificate, key) = certificates.paths();
    let data = tempfile::tempdir().unwrap();
    let fails = async |certificate: &str, key: &str, word: &str| {
        let settings = [("tls.cert_file", certificate), ("tls.key_file", key)];
        let error = Daemon::bind(&Engine::sqlite(), data.path(), &settings).await.err().expect("it refuses");
        assert!(format!("{error:#}").contains(word), "{error:#}");
    };
    fails(certificate, "", "tls.key_file").await;
    fails("/nowhere/server.pem", key, "/nowhere/server.pem").await;
    fails(key, key, "holds no certificate").await;
    fails(certificate, certificate, "holds no private key").await;
    fails(certificate, other.paths().1, "does not belong to").await;
    fs::set_permissions(key, fs::Permissions::from_mode(0o644)).unwrap();
    fails(certificate, key, "chmod 600").await;
}

/// A certificate that has expired, by an authority of its own; as (authority and certificate, key).
fn expired(folder: &Path) -> (PathBuf, PathBuf) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let paths = (folder.join("expired.pem"), folder.join("expired.key"));
    fs::write(&paths.0, params.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&paths.1, key.serialize_pem()).unwrap();
    fs::set_permissions(&paths.1, fs::Permissions::from_mode(0o600)).unwrap();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn cpcctl_believes_nobody_else() {
    let certificates = Certificates::new(&["localhost", "127.0.0.1"]);
    let other = Certificates::new(&["localhost", "cpcd.example"]);
    let (certificate, key) = certificates.paths();
    let folder = tempfile::tempdir().unwrap();
    let settings = [("CPCD_TLS__CERT_FILE", certificate), ("CPCD_TLS__KEY_FILE", key)];
    let process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
    let port = process.grpc.rsplit_once(':').unwrap().1.to_owned();
    let endpoint = |host: &str| format!("https://{host}:{port}");
    let refused = |process: &Process, endpoint: &str, trust: &[&str]| {
        let arguments = [&["-o", "json", "--endpoint", endpoint], trust, &["whoami"]].concat();
        let output = process.cpcctl(&arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {error}");
        let error: serde_json::Value = serde_json::from_str(&error).unwrap_or_else(|_| panic!("no JSON: {error}"));
        (error["reason"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
    };
    let authority = certificates.made.authority.to_str().unwrap();
    let pin = certificates.made.shown.pin.as_str();

    // By the authority and by the pin, and a context remembers it.
    let here = endpoint("localhost");
    process.run(&["key", "generate"]);
    process.run(&["--local", "user", "create", "alice"]);
    process.run(&["--endpoint", &here, "--ca-file", authority, "login"]);
    let whoami = process.cpcctl(&["whoami"]).env_remove("CPCCTL_ENDPOINT").output().unwrap();
    assert!(whoami.status.success(), "{}", String::from_utf8_lossy(&whoami.stderr));
    process.run(&["--endpoint", &here, "--tls-pin", pin, "login", "--context", "pinned"]);
    let whoami = process.cpcctl(&["--context", "pinned", "whoami"]).env_remove("CPCCTL_ENDPOINT").output().unwrap();
    assert!(whoami.status.success(), "{}", String::from_utf8_lossy(&whoami.stderr));

    // An invite names the key, so whoever joins by it needs to know no authority; their context remembers it.
    let invite = folder.path().join("invite.txt");
    let created = process.run(&["--local", "-o", "name", "invite", "create", "--kind", "user"]);
    std::fs::write(&invite, created).unwrap();
    let joiner = folder.path().join("joiner");
    let invite = invite.to_str().unwrap();
    process.run(&["key", "generate", "--out", joiner.to_str().unwrap()]);
    let key = ["--key", joiner.to_str().unwrap(), "--invite-file", invite, "--username", "bob", "--context", "joined"];
    process.run(&[&["--endpoint", &here, "login"], &key[..]].concat());
    let whoami = process.cpcctl(&["--context", "joined", "whoami"]).env_remove("CPCCTL_ENDPOINT").output().unwrap();
    assert!(whoami.status.success(), "{}", String::from_utf8_lossy(&whoami.stderr));

    let (reason, message) = refused(&process, &here, &["--tls-pin", &other.made.shown.pin]);
    assert_eq!(reason, "TLS_PIN_WRONG");
    assert!(message.contains(pin) && message.contains(&other.made.shown.pin), "both are named: {message}");
    let other_authority = other.made.authority.to_str().unwrap();
    assert_eq!(refused(&process, &here, &["--ca-file", other_authority]).0, "CERTIFICATE_REFUSED");
    // The system's authorities know nothing of ours.
    let (reason, _) = refused(&process, &endpoint("127.0.0.1"), &[]);
    assert!(["CERTIFICATE_REFUSED", "NO_AUTHORITIES"].contains(&reason.as_str()), "{reason}");
    // Plaintext where TLS is spoken.
    refused(&process, &format!("http://{}", process.grpc), &[]);
    process.kill();

    // A name that the certificate does not have.
    let (certificate, key) = other.paths();
    let settings = [("CPCD_TLS__CERT_FILE", certificate), ("CPCD_TLS__KEY_FILE", key)];
    let process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
    let (reason, message) = refused(&process, &format!("https://{}", process.grpc), &["--ca-file", other_authority]);
    assert_eq!(reason, "CERTIFICATE_REFUSED");
    assert!(message.contains("not valid for name"), "{message}");
    process.kill();

    // One that has expired.
    let (certificate, key) = expired(folder.path());
    let certificate = certificate.to_str().unwrap();
    let settings = [("CPCD_TLS__CERT_FILE", certificate), ("CPCD_TLS__KEY_FILE", key.to_str().unwrap())];
    let process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
    let port = process.grpc.rsplit_once(':').unwrap().1.to_owned();
    let (reason, message) = refused(&process, &format!("https://localhost:{port}"), &["--ca-file", certificate]);
    assert_eq!(reason, "CERTIFICATE_REFUSED");
    assert!(message.contains("expired"), "{message}");
    process.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_waits_for_no_handshake() {
    let certificates = Certificates::new(&["localhost"]);
    let (certificate, key) = certificates.paths();
    let folder = tempfile::tempdir().unwrap();
    let settings =
        [("CPCD_TLS__CERT_FILE", certificate), ("CPCD_TLS__KEY_FILE", key), ("CPCD_LIMITS__HANDSHAKE_SECONDS", "600")];
    let mut process = Process::start_with(folder.path(), "127.0.0.1:0", &settings).await;
    let mut held = Vec::new();
    for address in [&process.grpc, &process.rest] {
        for start in [&b""[..], b"\x16\x03\x01"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(start).await.unwrap();
            held.push(stream);
        }
    }
    let status = tokio::time::timeout(Duration::from_secs(150), process.terminate()).await.expect("it stops");
    assert!(status.success(), "{status:?}");
}

/// What is no handshake, half of one, one by somebody who believes another authority, and no word at all; more than there are files for.
#[tokio::test(flavor = "multi_thread")]
async fn bad_handshakes_and_a_lack_of_files_end_no_listener() {
    let (certificates, strangers) = (Certificates::new(&["localhost"]), Certificates::new(&["localhost"]));
    let (certificate, key) = certificates.paths();
    let data = tempfile::tempdir().unwrap();
    let settings = [("CPCD_TLS__CERT_FILE", certificate), ("CPCD_TLS__KEY_FILE", key)];
    let process = Process::start_limited(data.path(), 160, &settings).await;
    let authority = &certificates.made.authority;
    for (address, protocol) in [(&process.grpc, "h2"), (&process.rest, "http/1.1")] {
        let address: SocketAddr = address.parse().unwrap();
        let mut held = Vec::new();
        for number in 0..200 {
            // What has no place waits in the kernel's queue.
            let dialled = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await;
            let Ok(Ok(mut stream)) = dialled else { continue };
            let said: &[u8] = match number % 3 {
                0 => b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
                // The head of a client's hello, of which the rest never comes.
                1 => &[0x16, 3, 1, 0x02, 0, 1, 0, 0x01, 0xfc, 3, 3],
                _ => b"",
            };
            let _ = stream.write_all(said).await;
            held.push(stream);
        }
        assert!(held.len() > 160, "{} connections", held.len());
        drop(held);
        let stranger = client(&strangers.made.authority, &[protocol]);
        for _ in 0..20 {
            let attempt = dial(address, "localhost", stranger.clone());
            assert!(!matches!(tokio::time::timeout(Duration::from_secs(5), attempt).await, Ok(Ok(_))));
        }
        let config = client(authority, &[protocol]);
        eventually("it is served again", async || {
            let dialled =
                tokio::time::timeout(Duration::from_secs(2), dial(address, "localhost", config.clone())).await;
            matches!(dialled, Ok(Ok(_)))
        })
        .await;
    }
    assert!(is_healthy(&channel(process.grpc.parse().unwrap(), &client(authority, &["h2"])).await).await);
    process.kill();
}
