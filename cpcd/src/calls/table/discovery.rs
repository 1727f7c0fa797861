//! Calls of `DiscoveryService`.

use cpc_proto::v1;
use cpcd_model::permission::{Level::*, Resource::Content};

use super::{Needs::*, Row};

pub(super) const ROWS: &[Row] = &[
    Row::unary::<v1::ContentMetadata>("DiscoveryService/PublishContent", "POST /v1/content", AsUser(Content, Write))
        .note("only the owner changes what is published")
        .unaudited(PUBLISHED),
    Row::stream("DiscoveryService/PublishContentStream", AsUser(Content, Write))
        .note("only the owner changes what is published")
        .unaudited(PUBLISHED),
    Row::unary::<v1::SearchQuery>("DiscoveryService/SearchContent", "GET /v1/search", Level(Content, Read))
        .also(&["GET /search"])
        .names(&[("owner", "owner_id")])
        .note(SHOWN),
    Row::unary::<v1::GetContentRequest>("DiscoveryService/GetContent", "GET /v1/content/{id}", Level(Content, Read))
        .note(SHOWN),
    Row::unary::<v1::ListContentRequest>("DiscoveryService/ListContent", "GET /v1/content", Level(Content, Read))
        .names(&[("owner", "owner_id")])
        .note(SHOWN),
    Row::unary::<v1::DeleteContentRequest>(
        "DiscoveryService/DeleteContent",
        "DELETE /v1/content/{id}",
        Owner(Content, Write),
    )
    .audited_on_others(),
];

const PUBLISHED: &str = "by the thousand, and content says itself whose it is and since when";

const SHOWN: &str = "shown is what is public or one's own, with admin on content everything";
