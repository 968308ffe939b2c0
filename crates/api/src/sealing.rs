//! What is sealed for the store; consumers' secrets are opened again here, too.

use crate::envelope::{Answer, ApiError};
use crate::state::ApiState;
use domain::ids::{ClientId, ConsumerId, IdSource};
use domain::sealed::Sealed;
use domain::webhook::{Consumer, SigningKey};
use store::{ConsumerSecrets, SECRETS_COLUMN, SECRETS_TABLE, secrets_row};
use vault::{Binding, NONCE_BYTES, Vault};

/// Seals the secrets of a consumer.
pub(crate) fn seal(
    state: &ApiState,
    (client, id): (ClientId, ConsumerId),
    secrets: &ConsumerSecrets,
) -> Answer<Sealed> {
    let plain = secrets.write().map_err(ApiError::internal)?;
    let row = secrets_row(client, id);
    Ok(Sealed(seal_bytes(&state.vault, &*state.ids, &binding(&row), &plain)))
}

/// Seals bytes with a fresh nonce.
pub(crate) fn seal_bytes(
    vault: &Vault,
    ids: &dyn IdSource,
    binding: &Binding<'_>,
    plain: &[u8],
) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    ids.fill(&mut nonce);
    vault.seal(binding, plain, nonce)
}

/// Opens the secrets of a consumer. One that never had any gets a key.
pub(crate) fn open(state: &ApiState, consumer: &Consumer) -> Answer<ConsumerSecrets> {
    let Some(sealed) = &consumer.secrets else {
        return Ok(ConsumerSecrets::new(SigningKey::generate(&*state.ids)));
    };
    let row = secrets_row(consumer.client, consumer.id);
    let opened = state.vault.open(&binding(&row), &sealed.0).map_err(ApiError::internal)?;
    ConsumerSecrets::read(&opened).map_err(ApiError::internal)
}

const fn binding(row: &[u8]) -> Binding<'_> {
    Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row }
}
