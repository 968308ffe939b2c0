//! The platforms that this process calls: an adapter for each that is set up, or for its simulator.

use crate::config::{Settings, XeroApp};
use anyhow::Context as _;
use domain::clock::Clock;
use domain::ids::IdSource;
use domain::platform::{Platform, QUICKBOOKS, XERO};
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{Platforms, Secret};
use std::sync::Arc;
use store::Store;
use url::{Host, Url};
use worker::CountedGate;

/// Where the simulated Xero is, on the server that simulates it.
pub(crate) const SIMULATED_XERO: &str = "/simulators/xero";
/// Nobody else can reach the simulator, so nobody else has to guess these.
pub(crate) const SIMULATED_CLIENT_ID: &str = "millrace-simulated";
/// See [`SIMULATED_CLIENT_ID`].
pub(crate) const SIMULATED_CLIENT_SECRET: &str = "simulated";
/// Where a browser comes back to from a platform.
const CALLBACK: &str = "/link/callback";

/// The adapters. `url` is where this server listens: its simulators are there.
pub(crate) fn build(
    settings: &Settings,
    url: &str,
    store: &Arc<dyn Store>,
    (clock, ids): (&Arc<dyn Clock>, &Arc<dyn IdSource>),
) -> anyhow::Result<Platforms> {
    let Some((app, urls)) = xero_app(settings, url) else { return Ok(Platforms::default()) };
    let options = OutboundOptions { proxy: settings.xero.proxy.clone(), ..Default::default() };
    let outbound = Outbound::new(&options).context("xero cannot be called")?;
    let options = XeroOptions::new(app.client_id, app.client_secret, urls);
    let xero = Xero::new(options, outbound, clock.clone()).context("xero's settings")?;
    let gate = CountedGate {
        store: store.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        platform: XERO.key,
        limits: settings.xero.limits,
    };
    Ok(Platforms::new(vec![Arc::new(xero.gated(Arc::new(gate)))]))
}

/// The platforms that connections can be made to.
pub(crate) fn offered(settings: &Settings) -> Vec<&'static Platform> {
    let mut offered = vec![&QUICKBOOKS];
    if settings.xero.app.is_some() || simulates_xero(settings) {
        offered.push(&XERO);
    }
    offered
}

/// Whether the simulator plays Xero.
pub(crate) fn simulates_xero(settings: &Settings) -> bool {
    settings.simulators && settings.xero.app.is_none()
}

fn xero_app(settings: &Settings, url: &str) -> Option<(XeroApp, XeroUrls)> {
    if let Some(app) = &settings.xero.app {
        return Some((app.clone(), settings.xero.urls.clone()));
    }
    settings.simulators.then(|| {
        let client_id = SIMULATED_CLIENT_ID.to_owned();
        let client_secret = Secret::new(SIMULATED_CLIENT_SECRET);
        let urls = XeroUrls::simulated(&format!("{url}{SIMULATED_XERO}"));
        (XeroApp { client_id, client_secret }, urls)
    })
}

/// Where a browser comes back to from a platform. Platforms know this machine by its name only.
pub(crate) fn callback_url(public_url: &str) -> String {
    let plain = || format!("{public_url}{CALLBACK}");
    let Ok(mut url) = Url::parse(&plain()) else { return plain() };
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if url.scheme() == "http" && is_here && url.set_host(Some("localhost")).is_ok() {
        return url.into();
    }
    plain()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_called_by_its_name() {
        for (public, callback) in [
            ("http://127.0.0.1:8717", "http://localhost:8717/link/callback"),
            ("http://[::1]:8717", "http://localhost:8717/link/callback"),
            ("http://localhost:8717", "http://localhost:8717/link/callback"),
            ("https://feeds.bank.example", "https://feeds.bank.example/link/callback"),
            ("https://bank.example/feeds", "https://bank.example/feeds/link/callback"),
        ] {
            assert_eq!(callback_url(public), callback);
        }
    }
}
