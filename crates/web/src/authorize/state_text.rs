//! The `state` that travels with a browser to a platform and back: it says which consent it belongs to, so that one
//! callback address does for all connections, and it cannot be guessed.

use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, ConsentId, IdSource};
use domain::link_session::LinkSessionSecret;
use uuid::Uuid;

/// Between the ids and the secret.
const MARK: char = '.';

/// A new one.
pub(super) fn write(ids: &dyn IdSource, path: &ConnectionPath, consent: ConsentId) -> String {
    let ConnectionPath { client, company, connection } = path;
    let ids_text: String = [client.uuid(), company.uuid(), connection.uuid(), consent.uuid()]
        .map(|id| id.simple().to_string())
        .concat();
    let secret = LinkSessionSecret::generate(ids);
    format!("{ids_text}{MARK}{}", secret.reveal())
}

/// Which consent one belongs to; whether it is genuine is told by the consent.
pub(super) fn read(state: &str) -> Option<(ConnectionPath, ConsentId)> {
    let (ids, _) = state.split_once(MARK)?;
    let mut ids = ids.as_bytes().chunks(32).map(|id| Uuid::try_parse_ascii(id).ok());
    let mut next = || ids.next().flatten();
    let path = ConnectionPath {
        client: ClientId::new(next()?),
        company: CompanyId::new(next()?),
        connection: ConnectionId::new(next()?),
    };
    Some((path, ConsentId::new(next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::SeededIds;

    #[test]
    fn a_state_says_whose_it_is_and_differs_every_time() {
        let path = ConnectionPath {
            client: ClientId::new(Uuid::from_u128(1)),
            company: CompanyId::new(Uuid::from_u128(2)),
            connection: ConnectionId::new(Uuid::from_u128(3)),
        };
        let consent = ConsentId::new(Uuid::from_u128(4));
        let ids = SeededIds::new(1);
        let [one, other] = [(); 2].map(|()| write(&ids, &path, consent));
        assert_eq!(read(&one), Some((path, consent)));
        assert_ne!(one, other);
        for wrong in ["", ".", "x.y", "00000000000000000000000000000001.s", "0"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
