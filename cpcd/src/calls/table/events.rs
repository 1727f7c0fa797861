//! Calls of `EventService`.

use cpc_proto::v1;
use cpcd_model::{
    Reason::WebhookNotFound,
    permission::{Level::*, Resource::System},
};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::stream("EventService/WatchEvents", Login).told("GET /v1/events").note(SHOWN),
    Row::unary::<v1::CreateWebhookRequest>("EventService/CreateWebhook", "POST /v1/webhooks", User)
        .note("sent is what they may see when it is sent, to hosts that the operator allows")
        .audited(),
    Row::unary::<v1::ListWebhooksRequest>("EventService/ListWebhooks", "GET /v1/webhooks", OwnOr(System, Read))
        .names(&[("owner", "owner_id")]),
    Row::unary::<v1::DeleteWebhookRequest>(
        "EventService/DeleteWebhook",
        "DELETE /v1/webhooks/{id}",
        OwnOr(System, Admin),
    )
    .hidden(WebhookNotFound)
    .audited(),
    Row::unary::<v1::TestWebhookRequest>(
        "EventService/TestWebhook",
        "POST /v1/webhooks/{id}/test",
        OwnOr(System, Admin),
    )
    .hidden(WebhookNotFound)
    .audited(),
];

const SHOWN: &str = "shown is what happens to nodes and allocations that read is held on, to one's own, and to those that one asked for \
                     or provides for; of the whole registry with read on metrics or system";
