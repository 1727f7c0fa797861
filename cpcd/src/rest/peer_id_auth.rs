//! Login over HTTP as libp2p has it (Peer ID Authentication): <https://github.com/libp2p/specs/blob/master/http/peer-id-auth.md>.
//!
//! The bearer token that comes of it is an access token of ours, and the body is the pair that every login gives.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE},
};
use cpc_proto::v1;
use cpc_signing::{Kind, PEER_ID_AUTH_SCHEME, PublicKey};
use cpcd_domain::identity::{PeerIdAnswer, PeerIdHello, TokenPair};
use cpcd_model::{Error, Reason, Result};
use http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};
use serde_json::json;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Edge,
    parameters::{self, Parameters},
    reply,
    route::with,
};
use crate::{
    app::App,
    auth_params,
    calls::{self, table},
    rates::{self, Cost},
    wire::Wire,
};

/// Longer headers than the specification wants are nobody's.
const MOST_HEADER: usize = 2_048;
const MOST_CHALLENGE: usize = 256;
/// Padding may be left out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The group's routes.
pub(super) fn routes(edge: &Edge) -> BoxedFilter<(Response,)> {
    let path = warp::path!("v1" / "auth" / "libp2p").and(warp::get().or(warp::post()).unify());
    let request =
        path.and(warp::host::optional()).and(parameters::given()).and(warp::header::headers_cloned()).and(with(edge));
    let login = request.then(|host, query, headers, edge| async move { answer(host, &query, &headers, edge).await });
    let protocols = warp::path!(".well-known" / "libp2p" / "protocols")
        .and(warp::get())
        .map(|| reply::json(Ok(json!({ "/http-peer-id-auth/1.0.0": { "path": "/v1/auth/libp2p" } }))));
    login.or(protocols).unify().boxed()
}

/// What comes of a request.
enum Outcome {
    Hello(PeerIdHello),
    Tokens(TokenPair, Option<[u8; 64]>),
}

async fn answer(host: Option<Authority>, query: &Parameters, headers: &HeaderMap, edge: Edge) -> Response {
    let hostnames = match hostnames(host.as_ref(), &edge) {
        Ok(hostnames) => hostnames,
        Err(error) => return reply::failed(error),
    };
    let again = (edge.clone(), hostnames[0].clone());
    let error = match login(hostnames, query, headers, edge).await {
        Ok(Outcome::Tokens(tokens, signature)) => return opened(&tokens, signature),
        Ok(Outcome::Hello(hello)) => {
            let text = "sign the challenge in the header WWW-Authenticate";
            return challenged(Error::new(Reason::TokenMissing, text), &hello);
        }
        Err(error) => error,
    };
    // Whoever was refused may try again with what comes along.
    let (edge, hostname) = again;
    match edge.app.identity.peer_id_auth.hello(&hostname, None) {
        Ok(hello) if error.kind() == cpcd_model::Kind::Unauthenticated => challenged(error, &hello),
        Ok(_) | Err(_) => reply::failed(error),
    }
}

/// Gives how the client may spell the host; refuses hosts that are not ours, and connections that others can listen to.
fn hostnames(host: Option<&Authority>, edge: &Edge) -> Result<Vec<String>> {
    if !edge.is_secure {
        let text = "the tokens of this login go over the connection: it needs TLS";
        return Err(Error::new(Reason::PermissionDenied, text));
    }
    let host = host.ok_or_else(|| Error::required("host"))?;
    edge.hosts.spellings(host).ok_or_else(|| {
        let text = "is no name of this server's; its operator lists them (identity.http_login_hosts)";
        Error::field(Reason::FieldInvalid, "host", text)
    })
}

async fn login(hostnames: Vec<String>, query: &Parameters, headers: &HeaderMap, edge: Edge) -> Result<Outcome> {
    let arrived = edge.app.rates.arrive(Cost::Login)?;
    let slot = edge.app.slot(edge.door)?;
    let given = Given::read(query, headers)?;
    let (app, door, peer) = (edge.app.clone(), edge.door, rates::peer());
    // It does what Authenticate does, and is counted and written down as that.
    let row = table::of::<v1::AuthRequest>();
    let origin = calls::origin(row.grpc(), row.keeps());
    edge.app
        .run(async move {
            let _slot = slot;
            let nobody = app.caller(door, None).await?;
            let key = given.public_key.as_ref().map(|key| key.as_bytes().as_slice());
            app.rates.admit(arrived, &nobody, key)?;
            let step = step(&app, &hostnames, given);
            let asked = app.audit.asked(&origin, &nobody, rates::from_peer(peer, step)).await;
            asked.inspect_err(|error| app.audit.refused(&origin, Some(&nobody), error))
        })
        .await
}

/// Asks for a challenge, or opens a session for a proof.
async fn step(app: &App, hostnames: &[String], given: Given) -> Result<Outcome> {
    let auth = &app.identity.peer_id_auth;
    let (Some(opaque), Some(signature)) = (&given.opaque, &given.signature) else {
        let client = given.public_key.as_ref().zip(given.challenge_server.as_deref());
        return auth.hello(&hostnames[0], client).map(Outcome::Hello);
    };
    let answer = PeerIdAnswer {
        hostnames,
        kind: given.kind,
        opaque,
        signature,
        public_key: given.public_key,
        challenge_server: given.challenge_server.as_deref(),
    };
    if let Some(key) = auth.key(&answer) {
        app.rates.look(key.as_bytes())?;
    }
    let proven = auth.prove(&answer).await.inspect_err(|error| app.rates.failed(error));
    proven.map(|(tokens, signature)| Outcome::Tokens(tokens, signature))
}

/// What a request says.
#[derive(Default)]
struct Given {
    kind: Option<Kind>,
    opaque: Option<String>,
    signature: Option<Vec<u8>>,
    public_key: Option<PublicKey>,
    challenge_server: Option<String>,
}

impl Given {
    fn read(query: &Parameters, headers: &HeaderMap) -> Result<Self> {
        let mut given = Self::default();
        for (name, value) in query {
            given.kind = match (name.as_str(), value.as_str()) {
                ("kind", "user") => Some(Kind::User),
                ("kind", "node") => Some(Kind::Node),
                ("kind", _) => return Err(Error::field(Reason::FieldInvalid, "kind", "must be user or node")),
                _ => {
                    let text = "is no parameter of this call; there is kind";
                    return Err(Error::field(Reason::MessageUndecodable, name.clone(), text));
                }
            };
        }
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Ok(given) };
        if value.len() > MOST_HEADER {
            let text = format!("has {} bytes, at most {MOST_HEADER} are allowed", value.len());
            return Err(Error::field(Reason::FieldTooLong, "authorization", text));
        }
        let parameters = value.to_str().ok().and_then(|text| auth_params::read(text, PEER_ID_AUTH_SCHEME));
        for (name, value) in parameters.into_iter().flatten() {
            match name {
                "opaque" => given.opaque = Some(value.to_owned()),
                "sig" => given.signature = Some(bytes("sig", value)?),
                "public-key" => given.public_key = Some(key(value)?),
                "challenge-server" if value.len() > MOST_CHALLENGE => {
                    let text = format!("has {} bytes, at most {MOST_CHALLENGE} are allowed", value.len());
                    return Err(Error::field(Reason::FieldTooLong, "challenge-server", text));
                }
                "challenge-server" => given.challenge_server = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(given)
    }
}

fn bytes(name: &str, value: &str) -> Result<Vec<u8>> {
    BASE64
        .decode(value)
        .map_err(|_| Error::field(Reason::FieldInvalid, name, "is not base64 with the URL-safe alphabet"))
}

fn key(value: &str) -> Result<PublicKey> {
    PublicKey::from_libp2p_bytes(&bytes("public-key", value)?).map_err(|error| {
        let reason = if error == cpc_signing::KeyError::Weak { Reason::KeyWeak } else { Reason::KeyInvalid };
        Error::field(reason, "public-key", error.to_string())
    })
}

/// Answers 401 with what has to be signed.
fn challenged(error: Error, hello: &PeerIdHello) -> Response {
    let PeerIdHello { challenge_client, public_key, opaque, signature } = hello;
    let signature = signature.map(|signature| format!(", sig=\"{}\"", URL_SAFE.encode(signature)));
    let text = format!(
        "{PEER_ID_AUTH_SCHEME} challenge-client=\"{challenge_client}\", public-key=\"{}\", opaque=\"{opaque}\"{}",
        URL_SAFE.encode(public_key),
        signature.unwrap_or_default()
    );
    with_header(reply::failed(error), header::WWW_AUTHENTICATE, &text)
}

fn opened(tokens: &TokenPair, signature: Option<[u8; 64]>) -> Response {
    let signature = signature.map(|signature| format!("sig=\"{}\", ", URL_SAFE.encode(signature)));
    let text = format!(
        "{PEER_ID_AUTH_SCHEME} {}bearer=\"{}\", expires=\"{}\"",
        signature.unwrap_or_default(),
        tokens.access_token,
        tokens.access_expires_at
    );
    with_header(reply::json(Ok(tokens.to_wire())), HeaderName::from_static("authentication-info"), &text)
}

fn with_header(mut response: Response, name: HeaderName, text: &str) -> Response {
    if let Ok(mut value) = HeaderValue::from_str(text) {
        value.set_sensitive(true);
        response.headers_mut().insert(name, value);
    }
    response
}
