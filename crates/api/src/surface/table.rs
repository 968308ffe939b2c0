//! The table of routes: handlers with the descriptions of what they do.

use super::operation::{Access, Area, Operation};
use crate::auth::refuse_token;
use crate::idempotency::HoldsSecret;
use crate::state::Shared;
use axum::Router;
use axum::handler::Handler;
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use axum::routing::{MethodFilter, on};

/// Routes and their descriptions.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    router: Router<Shared>,
    operations: Vec<(Area, Operation)>,
    area: Option<Area>,
}

impl Surface {
    /// The operations of an area.
    pub(crate) fn of(area: Area) -> Self {
        Self { area: Some(area), ..Self::default() }
    }

    /// Serves an operation by a handler.
    #[must_use]
    pub(crate) fn serve<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        // The methods of [`Operation`] are among those that a route can have.
        if let (Ok(filter), Some(area)) =
            (MethodFilter::try_from(operation.method.clone()), self.area)
        {
            let mut method = on(filter, handler);
            if operation.access == Access::Key {
                method = method.route_layer(from_fn(refuse_token));
            }
            if operation.holds_secret {
                method = method.route_layer(map_response(async |mut response: Response| {
                    response.extensions_mut().insert(HoldsSecret);
                    response
                }));
            }
            self.router = self.router.route(operation.path, method);
            self.operations.push((area, operation));
        }
        self
    }

    /// Both.
    #[must_use]
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.operations.extend(other.operations);
        self
    }

    /// What is served, in the order in which it stands in the code.
    pub(crate) fn operations(&self) -> &[(Area, Operation)] {
        &self.operations
    }

    /// The routes.
    pub(crate) fn into_router(self) -> Router<Shared> {
        self.router
    }
}
