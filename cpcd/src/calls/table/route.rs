//! The table as routes: templates of paths, labels of metrics, the header `Allow`.

use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;

use super::{Row, rows};

/// A path of REST that is no call.
pub(crate) struct Plain {
    /// Verb and path.
    pub(crate) label: &'static str,
    /// What it answers, for OpenAPI.
    pub(crate) summary: &'static str,
    /// Type of the answer.
    pub(crate) content_type: &'static str,
    /// What it needs, in words.
    pub(crate) needs: &'static str,
}

/// What REST has beside the calls.
pub(crate) const PLAIN: &[Plain] = &[
    Plain {
        label: "GET /health",
        summary: "Says whether all is well: \"ok\", \"degraded\", \"migrations pending\" or \"maintenance\".",
        content_type: "application/json",
        needs: "nothing",
    },
    Plain {
        label: "GET /livez",
        summary: "Answers while the process lives.",
        content_type: "text/plain",
        needs: "nothing",
    },
    Plain {
        label: "GET /readyz",
        summary: "Answers 200 while the engines do, else 503.",
        content_type: "text/plain",
        needs: "nothing",
    },
    Plain {
        label: "GET /metrics",
        summary: "The daemon's own metrics in OpenMetrics 1.0.",
        content_type: "application/openmetrics-text",
        needs: "open where `metrics.open` says (loopback), else read on metrics",
    },
    Plain {
        label: "GET /openapi.json",
        summary: "This document.",
        content_type: "application/json",
        needs: "nothing; there where `server.reflection` says (loopback)",
    },
    Plain {
        label: "GET /routing/v1/peers/{peer-id}",
        summary: "A public node's public addresses, as the Delegated Routing V1 HTTP API has it (or `application/x-ndjson`).",
        content_type: "application/json",
        needs: "open where `peers.routing` says (loopback), else what finding public nodes needs",
    },
    Plain {
        label: "GET /v1/auth/libp2p",
        summary: "Logs in as libp2p's Peer ID Authentication has it, by a key in the header; the answer is a pair of tokens.",
        content_type: "application/json",
        needs: "nothing; a proof by the key of a user or a node, over TLS or on loopback",
    },
    Plain {
        label: "POST /v1/auth/libp2p",
        summary: "The same, for clients that log in with POST.",
        content_type: "application/json",
        needs: "nothing; a proof by the key of a user or a node, over TLS or on loopback",
    },
    Plain {
        label: "GET /.well-known/libp2p/protocols",
        summary: "The protocols of libp2p that are spoken over HTTP here, with their paths.",
        content_type: "application/json",
        needs: "nothing",
    },
    Plain {
        label: "OPTIONS /routing/v1/peers/{peer-id}",
        summary: "Says that pages of any site may ask.",
        content_type: "text/plain",
        needs: "nothing",
    },
];

/// A route of a call.
pub(crate) struct Route {
    pub(crate) row: &'static Row,
    /// Verb and path, as metrics and documents name it.
    pub(crate) label: &'static str,
    pub(crate) verb: Method,
    pub(crate) template: Template,
}

/// A path with places for parameters.
pub(crate) struct Template(Vec<Segment>);

enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let mut routes: Vec<_> = rows()
        .flat_map(|row| {
            row.paths().map(move |label| {
                let (verb, template) = read(label);
                Route { row, label, verb, template }
            })
        })
        .collect();
    // What is spelt out goes before what fits anything.
    routes.sort_by_key(|route| route.template.parameters().count());
    routes
});

static PLAIN_ROUTES: LazyLock<Vec<(Method, Template, &'static str)>> = LazyLock::new(|| {
    let plain = PLAIN.iter().map(|plain| {
        let (verb, template) = read(plain.label);
        (verb, template, plain.label)
    });
    plain.collect()
});

/// Gives the routes of all calls, in the order in which they are to be tried.
pub(crate) fn routes() -> &'static [Route] {
    &ROUTES
}

/// Gives the label of a route, so that ids and strangers' paths do not make series.
pub(crate) fn label(method: &Method, path: &str) -> Option<&'static str> {
    known(path).find(|(verb, _)| *verb == method).map(|(_, label)| label)
}

/// Gives the methods that a path takes, as the header `Allow` lists them.
pub(crate) fn allowed(path: &str) -> String {
    let mut methods: Vec<_> = known(path)
        .flat_map(|(verb, _)| if verb == Method::GET { vec!["GET", "HEAD"] } else { vec![verb.as_str()] })
        .collect();
    methods.dedup();
    methods.join(", ")
}

fn known(path: &str) -> impl Iterator<Item = (&'static Method, &'static str)> {
    let plain = PLAIN_ROUTES.iter().filter(|(_, template, _)| template.fits(path));
    let calls = ROUTES.iter().filter(|route| route.template.fits(path));
    plain.map(|(verb, _, label)| (verb, *label)).chain(calls.map(|route| (&route.verb, route.label)))
}

fn read(label: &'static str) -> (Method, Template) {
    let (verb, path) = label.split_once(' ').expect("every label is a verb and a path");
    let segments = path.trim_start_matches('/').split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        name.map_or(Segment::Literal(segment), Segment::Parameter)
    });
    (verb.parse().expect("every verb is one"), Template(segments.collect()))
}

impl Template {
    /// Gives the names of its parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter(name) => Some(*name),
        })
    }

    /// Gives the values of its parameters, if `path` fits.
    pub(crate) fn read(&self, path: &str) -> Option<Vec<String>> {
        if !self.fits(path) {
            return None;
        }
        let given = segments(path).zip(&self.0).filter_map(|(given, segment)| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter(_) => Some(percent_decode_str(given).decode_utf8_lossy().into_owned()),
        });
        Some(given.collect())
    }

    fn fits(&self, path: &str) -> bool {
        let mut given = segments(path);
        let fits = self.0.iter().all(|segment| match (segment, given.next()) {
            (Segment::Literal(literal), Some(given)) => *literal == given,
            (Segment::Parameter(_), Some(given)) => !given.is_empty(),
            (_, None) => false,
        });
        fits && given.next().is_none()
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_one_template_or_none() {
        assert_eq!(label(&Method::GET, "/v1/content/7"), Some("GET /v1/content/{id}"));
        assert_eq!(label(&Method::DELETE, "/v1/content/7"), Some("DELETE /v1/content/{id}"));
        assert_eq!(label(&Method::GET, "/search"), Some("GET /search"));
        for nothing in ["/v1/content/", "/v1/content/7/8", "/v1", "/", "", "/v1/users//x", "/V1/users"] {
            assert_eq!(label(&Method::GET, nothing), None, "{nothing}");
        }
        assert_eq!(allowed("/v1/content/7"), "GET, HEAD, DELETE");
        assert_eq!(allowed("/metrics"), "GET, HEAD");
        assert_eq!(allowed("/v1/nothing"), "");
    }

    #[test]
    fn no_two_routes_take_the_same_request() {
        for (index, route) in ROUTES.iter().enumerate() {
            let example = route.label.split_once(' ').unwrap().1.replace(['{', '}'], "x");
            let first = ROUTES.iter().position(|other| other.verb == route.verb && other.template.fits(&example));
            assert_eq!(first, Some(index), "{} never gets its requests", route.label);
        }
    }

    #[test]
    fn parameters_are_decoded_and_name_fields() {
        let route = ROUTES.iter().find(|route| route.label == "GET /v1/users/{id}").unwrap();
        assert_eq!(route.template.read("/v1/users/a%20b").unwrap(), ["a b"]);
        for route in ROUTES.iter() {
            let message = route.row.descriptor().input();
            for name in route.template.parameters() {
                assert!(message.get_field_by_name(name).is_some(), "{}: {name}", route.label);
            }
        }
    }
}
