//! A company on the wire.

use super::{ConnectionShape, Links};
use crate::compat::Viewer;
use crate::surface::formats;
use domain::company::Company;
use domain::dates::stamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The one product there is.
pub(crate) const PRODUCTS: [&str; 1] = ["bank-feeds"];

/// The contract's `Company`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Company")]
pub(crate) struct CompanyShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    name: String,
    description: String,
    /// Samples carry it empty.
    platform: &'static str,
    #[schemars(schema_with = "formats::uri")]
    redirect: String,
    #[schemars(schema_with = "formats::moment")]
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    last_sync: Option<String>,
    products: [&'static str; 1],
    tags: BTreeMap<String, String>,
    data_connections: Vec<ConnectionShape>,
    reference_subsidiary_companies: [(); 0],
}

impl CompanyShape {
    /// Shows a company with its connections.
    pub(crate) fn show(company: Company, links: Links<'_>, viewer: Viewer) -> Self {
        let synced_at = company.synced_at();
        let shown = company.connections.iter();
        let shown = shown.map(|connection| ConnectionShape::show(connection, links, viewer));
        Self {
            id: company.id.to_string(),
            name: company.name.as_str().to_owned(),
            platform: "",
            redirect: links.company(company.id),
            created: stamp(company.created_at),
            last_sync: synced_at.map(stamp),
            products: PRODUCTS,
            tags: company.tags.all().clone(),
            data_connections: shown.collect(),
            description: company.description,
            reference_subsidiary_companies: [],
        }
    }
}
