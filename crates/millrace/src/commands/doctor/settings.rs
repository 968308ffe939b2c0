//! Settings that are right each by itself, and yet do not go together with the world.

use super::report::Report;
use crate::config::{Mode, Settings};
use crate::{adapters, output, serve};
use url::{Host, Url};

/// Looks at all of them.
pub(super) async fn check(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    match serve::check(settings).await {
        Ok(()) => report.right("settings", "they are right")?,
        Err(error) => {
            report.wrong("settings", &output::told(&error), "mend the setting that is named")?;
        }
    }
    public_url(settings, report)?;
    xero(settings, report)
}

fn public_url(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let advice =
        "set server.public_url to the https:// address by which customers reach this server";
    match (fault_of_public_url(settings), &settings.server.public_url) {
        (Some(fault), _) => report.wrong("public URL", &fault, advice),
        (None, Some(url)) => report.right("public URL", url),
        (None, None) => report.right(
            "public URL",
            "not set: links work on this machine only, which is enough to evaluate",
        ),
    }
}

fn fault_of_public_url(settings: &Settings) -> Option<String> {
    let production = settings.mode == Mode::Production;
    let Some(text) = &settings.server.public_url else {
        return production.then(|| {
            "server.public_url is not set, so links would name the listening address".to_owned()
        });
    };
    let Ok(url) = Url::parse(text) else {
        return Some(format!("server.public_url {text:?} is no URL"));
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Some(format!("server.public_url {text:?} has more than an address and a path"));
    }
    (production && url.scheme() != "https").then(|| {
        format!("server.public_url {text:?} is not https, and customers type passwords there")
    })
}

fn xero(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    if settings.xero.app.is_none() {
        let who = if adapters::simulates_xero(settings) {
            "the simulator plays it"
        } else {
            "not set up"
        };
        return report.right("Xero", who);
    }
    let advice =
        "set server.public_url, and list the redirect URI at the app in developer.xero.com";
    let Some(public_url) = &settings.server.public_url else {
        let what = "xero.client_id is set and server.public_url is not, so no browser comes back from Xero";
        return report.wrong("Xero", what, advice);
    };
    let redirect_uri = adapters::callback_url(public_url);
    if is_taken_by_xero(&redirect_uri) {
        let what = format!("the app at Xero must list the redirect URI {redirect_uri}");
        return report.right("Xero", &what);
    }
    let what = format!(
        "Xero takes no redirect URI like {redirect_uri}: it must be https, or of localhost"
    );
    report.wrong("Xero", &what, advice)
}

fn is_taken_by_xero(redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).is_ok_and(|url| match url.host() {
        Some(Host::Domain("localhost")) => true,
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) => url.scheme() == "https",
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xero_is_come_back_from_over_https_or_on_this_machine() {
        let taken =
            ["https://feeds.bank.example/link/callback", "http://localhost:8717/link/callback"];
        assert!(taken.iter().all(|url| is_taken_by_xero(url)));
        let refused =
            ["http://feeds.bank.example/link/callback", "http://10.0.0.7/link/callback", "no"];
        assert!(!refused.iter().any(|url| is_taken_by_xero(url)));
    }
}
