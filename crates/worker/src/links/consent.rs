//! Consents: a code becomes tokens, and an organisation is joined.

use super::errand::keep;
use crate::desk::{Desk, DeskError, can, pair_of};
use domain::connection::{TroubleChange, TroubleKind};
use domain::ids::ConsentId;
use domain::link::{ConsentStage, Effects, HeldLink, Link, Organisation};
use platforms::{Consent, PlatformError, Secret};
use store::link_secrets::ConsentSecrets;
use tracing::{info, warn};

/// Makes tokens of what the browser brought back. A customer waits: what fails is told at once, and may be begun again.
pub(super) async fn redeem(desk: &Desk, held: &HeldLink, id: ConsentId) -> Result<(), DeskError> {
    let link = &held.link;
    let secrets = desk.open(link)?;
    let consent = link.consents.iter().find(|consent| consent.id == id);
    let (Some(consent), Some(own)) = (consent, secrets.consent(id)) else {
        return fail(desk, held, id, "the consent was not kept: begin again", None).await;
    };
    let asked = Consent {
        state: Secret::new(own.state.clone()),
        verifier: Secret::new(own.verifier.clone()),
        redirect_uri: consent.redirect_uri.clone(),
    };
    let code = match asked.read_callback(own.query.as_deref().unwrap_or_default()) {
        Ok(code) => code,
        Err(error) => return fail(desk, held, id, &error.to_string(), None).await,
    };
    let tokens = match desk.authorizes(link)?.redeem(&asked, &code).await {
        Ok(tokens) => tokens,
        Err(error) => return fail_for(desk, held, id, &error).await,
    };
    let organisations = can(desk.platform(link)?.organisations(), link)?;
    let all = match organisations.list_organisations(&tokens.access).await {
        Ok(all) => all,
        Err(error) => return fail_for(desk, held, id, &error).await,
    };
    let stage = choose(link, all);
    let own = own.clone();
    desk.change(&link.path, Some(held.token), |link| {
        let mut secrets = desk.open(link)?;
        // The code is used up.
        let own = ConsentSecrets { query: None, tokens: Some(pair_of(&tokens)), ..own.clone() };
        secrets.put_consent(id, own);
        secrets.keep_consents(link.consents.iter().map(|consent| consent.id));
        link.secrets = Some(desk.seal(link, &secrets)?);
        link.set_consent(id, stage.clone());
        Ok(Effects::default())
    })
    .await
    .map(drop)
}

/// The organisation from before, the only one, or whichever the customer says.
fn choose(link: &Link, mut all: Vec<Organisation>) -> ConsentStage {
    let before = link.organisation.as_ref();
    let same = before.and_then(|before| all.iter().position(|one| one.id == before.id));
    match (same, all.len()) {
        (Some(place), _) => ConsentStage::Chosen(all.swap_remove(place)),
        (None, 0) => ConsentStage::Failed("no organisation was chosen".to_owned()),
        (None, 1) => ConsentStage::Chosen(all.swap_remove(0)),
        (None, _) => ConsentStage::Choose(all),
    }
}

/// Links with the organisation that was chosen.
pub(super) async fn join(desk: &Desk, held: &HeldLink, id: ConsentId) -> Result<(), DeskError> {
    let now = desk.now();
    desk.change(&held.link.path, Some(held.token), |link| {
        let stage = link.consents.iter().find(|consent| consent.id == id);
        let Some(ConsentStage::Chosen(organisation)) = stage.map(|consent| consent.stage.clone())
        else {
            return Ok(Effects::default());
        };
        let mut secrets = desk.open(link)?;
        let Some(pair) = secrets.consent(id).and_then(|own| own.tokens.clone()) else {
            link.set_consent(
                id,
                ConsentStage::Failed("the consent was not kept: begin again".into()),
            );
            return Ok(Effects::default());
        };
        secrets.tokens = Some(pair.clone());
        // Of no use to anybody any more.
        let others = link.consents.iter().map(|consent| consent.id).filter(|one| *one != id);
        secrets.keep_consents(others);
        let sealed = desk.seal(link, &secrets)?;
        let name = organisation.name.clone();
        let ends_at = jiff::Timestamp::from_microsecond(pair.access_ends_at).unwrap_or(now);
        match link.join(organisation, ends_at, sealed, (desk.other, now)) {
            Ok(effects) => {
                link.set_consent(id, ConsentStage::Done);
                info!(connection = %link.path.connection, organisation = name, "linked");
                Ok(effects)
            }
            Err(why) => {
                warn!(connection = %link.path.connection, "{why}");
                link.set_consent(id, ConsentStage::Failed(why));
                Ok(Effects::default())
            }
        }
    })
    .await
    .map(drop)
}

async fn fail_for(
    desk: &Desk,
    held: &HeldLink,
    id: ConsentId,
    error: &PlatformError,
) -> Result<(), DeskError> {
    let told = error.to_string();
    // The customer can begin again; whether that helps is for the operator to see.
    let is_the_customers = matches!(error, PlatformError::NotAuthorized { .. });
    let trouble = (!is_the_customers).then_some(told.as_str());
    fail(desk, held, id, &told, trouble).await
}

async fn fail(
    desk: &Desk,
    held: &HeldLink,
    id: ConsentId,
    why: &str,
    trouble: Option<&str>,
) -> Result<(), DeskError> {
    warn!(connection = %held.link.path.connection, "a consent came to nothing: {why}");
    let now = desk.now();
    keep(desk, held, |link| {
        link.set_consent(id, ConsentStage::Failed(why.to_owned()));
        let trouble = trouble.map(|told| TroubleChange::of(TroubleKind::Unavailable, told, now));
        Effects { trouble: trouble.unwrap_or_default(), ..Effects::default() }
    })
    .await
}
