//! The platforms that the contract knows, as integrations, with those enabled that this version can talk with.

use super::image::Image;
use crate::envelope::{Answer, ApiError};
use crate::locate::PlatformAt;
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::Shared;
use crate::surface::{Area, LISTING, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::platform::{AccountMapping, KNOWN, Offer, PLATFORM_PROPERTIES, Platform, SourceType};
use schemars::JsonSchema;
use serde::Serialize;
use store::listing;

pub(super) fn surface() -> Surface {
    Surface::of(Area::Integrations)
        .serve(
            Operation::get("/integrations", "list-integrations", "The platforms that there are")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<IntegrationShape>>()
                .open_to_tokens(),
            list_integrations,
        )
        .serve(
            Operation::get("/integrations/{platformKey}", "get-integration", "One platform")
                .answers::<IntegrationShape>()
                .open_to_tokens(),
            get_integration,
        )
        .serve(
            Operation::get(
                "/integrations/{platformKey}/branding",
                "get-integrations-branding",
                "A platform's images, for a page of your own",
            )
            .answers::<BrandingShape>()
            .open_to_tokens(),
            get_branding,
        )
}

const LISTED: Listed = Listed { type_name: "Integration", properties: PLATFORM_PROPERTIES };

/// The contract's `Integration`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Integration")]
struct IntegrationShape {
    key: &'static str,
    #[schemars(schema_with = "formats::uri")]
    logo_url: String,
    name: &'static str,
    enabled: bool,
    #[schemars(schema_with = "formats::uuid")]
    source_id: &'static str,
    #[schemars(extend("enum" = formats::names(&SourceType::ALL, SourceType::name)))]
    source_type: &'static str,
    #[schemars(schema_with = "formats::uuid")]
    integration_id: &'static str,
    is_offline_connector: bool,
    is_beta: bool,
    data_provided_by: &'static str,
    datatype_features: [DataTypeShape; 2],
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DataTypeFeature")]
struct DataTypeShape {
    data_type: &'static str,
    supported_features: [FeatureShape; 1],
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SupportedFeature")]
struct FeatureShape {
    #[schemars(extend("enum" = ["Get", "Post"]))]
    feature_type: &'static str,
    #[schemars(extend("enum" = ["Release", "NotSupported", "NotImplemented"]))]
    feature_state: &'static str,
}

/// The contract's `Branding`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Branding")]
struct BrandingShape {
    logo: LogoShape,
    button: ButtonShape,
    #[schemars(schema_with = "formats::uuid")]
    source_id: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BrandingLogo")]
struct LogoShape {
    full: ImageShape,
    square: ImageShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BrandingButton")]
struct ButtonShape {
    default: ImageShape,
    hover: ImageShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BrandingImage")]
struct ImageShape {
    image: ReferenceShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImageReference")]
struct ReferenceShape {
    #[schemars(schema_with = "formats::uri")]
    src: String,
    alt: String,
}

impl IntegrationShape {
    fn show(offer: Offer, public_url: &str) -> Self {
        let Offer { platform, enabled } = offer;
        Self {
            key: platform.key,
            logo_url: format!("{public_url}{}", Image::Full.path(platform)),
            name: platform.name,
            enabled,
            source_id: platform.source_id,
            source_type: platform.source_type.name(),
            integration_id: platform.integration_id,
            is_offline_connector: false,
            is_beta: false,
            data_provided_by: platform.name,
            datatype_features: [push_lines(offer), list_accounts(offer)],
        }
    }
}

fn push_lines(offer: Offer) -> DataTypeShape {
    let feature_state = if offer.enabled { "Release" } else { "NotImplemented" };
    let post = FeatureShape { feature_type: "Post", feature_state };
    DataTypeShape { data_type: "bankTransactions", supported_features: [post] }
}

fn list_accounts(offer: Offer) -> DataTypeShape {
    let feature_state = match (offer.platform.mapping, offer.enabled) {
        (AccountMapping::Inside, _) => "NotSupported",
        (AccountMapping::ByApi { .. }, false) => "NotImplemented",
        (AccountMapping::ByApi { .. }, true) => "Release",
    };
    let get = FeatureShape { feature_type: "Get", feature_state };
    DataTypeShape { data_type: "bankAccounts", supported_features: [get] }
}

impl BrandingShape {
    fn show(platform: &'static Platform, public_url: &str) -> Self {
        let name = platform.name;
        let image = |image: Image, alt: String| ImageShape {
            image: ReferenceShape { src: format!("{public_url}{}", image.path(platform)), alt },
        };
        Self {
            logo: LogoShape {
                full: image(Image::Full, name.to_owned()),
                square: image(Image::Square, name.to_owned()),
            },
            button: ButtonShape {
                default: image(Image::Button, format!("Connect to {name}")),
                hover: image(Image::ButtonHover, format!("Connect to {name}")),
            },
            source_id: platform.source_id,
        }
    }
}

async fn list_integrations(
    State(state): State<Shared>,
    parameters: Parameters,
) -> Answer<Json<PageShape<IntegrationShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let offers = KNOWN.map(|platform| state.offer(platform)).to_vec();
    let page = listing::select(offers, &request);
    let show = |offer| IntegrationShape::show(offer, &state.public_url);
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}

async fn get_integration(
    State(state): State<Shared>,
    PlatformAt(platform): PlatformAt,
) -> Json<IntegrationShape> {
    Json(IntegrationShape::show(state.offer(platform), &state.public_url))
}

async fn get_branding(
    State(state): State<Shared>,
    PlatformAt(platform): PlatformAt,
) -> Answer<Json<BrandingShape>> {
    if !state.offer(platform).enabled {
        return Err(ApiError::no_such_platform(platform.key));
    }
    Ok(Json(BrandingShape::show(platform, &state.public_url)))
}
