//! The contract's tables, and what an attacker would try.

use super::*;
use domain::client_settings::RedirectTemplate;
use domain::platform::SAGE;
use testkit::{a_client, a_company, a_connection};

fn profile(redirect: &str, white_list: &[&str]) -> Profile {
    Profile {
        name: "Bank".to_owned(),
        redirect: Some(RedirectTemplate::parse(redirect).unwrap()),
        logo_url: None,
        icon_url: None,
        white_list: white_list.iter().map(|url| WebUrl::parse(url).unwrap()).collect(),
    }
}

fn a_linked_connection() -> Connection {
    a_connection(&a_company(a_client().id))
}

fn lead(profile: &Profile, parameters: &[(&str, &str)]) -> Result<String, NoDestination> {
    let connection = a_linked_connection();
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let parameters: Vec<_> = parameters.iter().map(own).collect();
    let ended = Ended {
        of: connection.path().of_company(),
        connection: Some(&connection),
        company_name: "Elaborate Events, Inc",
        end: End::Linked,
        parameters: &parameters,
    };
    destination(profile, &ended)
}

#[test]
fn every_end_has_its_code_and_words() {
    let profile = profile("https://b.example/?c={statusCode}&e={errorMessage}&t={statusText}", &[]);
    let connection = a_linked_connection();
    for (end, query) in [
        (End::Linked, "c=200&e=&t=Linked"),
        (End::NothingDone, "c=201&e=&t=Already%20linked"),
        (End::Cancelled, "c=403&e=User%20cancelled&t=Cancelled"),
        (End::Failed, "c=500&e=Unknown%20error%20occurred&t=Error"),
        (End::NotSupported, "c=501&e=Not%20supported&t=Not%20supported"),
    ] {
        let ended = Ended {
            of: connection.path().of_company(),
            connection: Some(&connection),
            company_name: "",
            end,
            parameters: &[],
        };
        let url = destination(&profile, &ended).unwrap();
        assert_eq!(url, format!("https://b.example/?{query}"));
    }
}

#[test]
fn reserved_names_are_filled_in_by_us() {
    let connection = a_linked_connection();
    let ended = Ended {
        of: connection.path().of_company(),
        connection: Some(&connection),
        company_name: "Elaborate Events, Inc",
        end: End::Linked,
        parameters: &[("companyId".to_owned(), "forged".to_owned())],
    };
    for (name, value) in [
        ("clientId", connection.client.to_string()),
        ("connectionId", connection.id.to_string()),
        ("companyId", connection.company.to_string()),
        ("integrationId", "6b113e06-e818-45d7-977b-8e6bb3d01269".to_owned()),
        ("sourceId", "56e6575a-3f1f-4918-b009-f7535555f0d6".to_owned()),
        ("platform", "hcws".to_owned()),
        ("platformName", "QuickBooks%20Online%20Bank%20Feeds".to_owned()),
        ("sourceType", "BankFeed".to_owned()),
        ("data.company.companyName", "Elaborate%20Events%2C%20Inc".to_owned()),
        ("CompanyId", String::new()),
        ("nobody", String::new()),
    ] {
        let profile = profile(&format!("https://b.example/{{{name}}}/x"), &[]);
        assert_eq!(destination(&profile, &ended), Ok(format!("https://b.example/{value}/x")));
    }
    let sage = Connection { platform: &SAGE, ..connection.clone() };
    let ended = Ended { connection: Some(&sage), ..ended };
    let profile = profile("https://b.example/?n={data.company.companyName}", &[]);
    assert_eq!(destination(&profile, &ended), Ok("https://b.example/?n=".to_owned()));
}

#[test]
fn the_clients_own_parameters_stay_in_their_place() {
    let profile = profile("https://b.example/a/{step}?state={state}#{mark}", &[]);
    let nasty = [
        ("step", "../..//evil.example/%2e"),
        ("state", "x&statusCode=200#<script>\"'"),
        ("mark", "\r\nSet-Cookie: a=b"),
    ];
    let url = lead(&profile, &nasty).unwrap();
    assert_eq!(
        url,
        "https://b.example/a/..%2F..%2F%2Fevil.example%2F%252e\
         ?state=x%26statusCode%3D200%23%3Cscript%3E%22%27#%0D%0ASet-Cookie%3A%20a%3Db"
    );
    assert_eq!(lead(&profile, &[("step", "é")]).unwrap(), "https://b.example/a/%C3%A9?state=#");
}

#[test]
fn a_host_that_is_filled_in_must_be_listed() {
    let listed = ["https://bank.ca", "https://bank.co.uk/done/", "http://localhost:3000"];
    let profile = profile("https://bank.{suffix}/done/{companyName}", &listed);
    assert_eq!(lead(&profile, &[("suffix", "ca")]).unwrap(), "https://bank.ca/done/");
    assert_eq!(lead(&profile, &[("suffix", "co.uk")]).unwrap(), "https://bank.co.uk/done/");
    for suffix in [
        "",
        "evil.example",
        "ca.evil.example",
        "ca@evil.example",
        "ca/evil",
        "ca:8443",
        "ca#",
        "ca?",
        "ca\\evil.example",
        "ca\tx",
        "xn--evil",
        "\u{3002}evil",
    ] {
        assert!(lead(&profile, &[("suffix", suffix)]).is_err(), "{suffix:?}");
    }
    let elsewhere = profile_with_path("https://bank.{suffix}/other", &listed);
    assert_eq!(lead(&elsewhere, &[("suffix", "co.uk")]), Err(NoDestination::Unlisted));
    assert!(lead(&elsewhere, &[("suffix", "ca")]).is_ok());
}

fn profile_with_path(redirect: &str, listed: &[&str]) -> Profile {
    profile(redirect, listed)
}

#[test]
fn only_the_web_is_led_to() {
    let nowhere = Profile { redirect: None, ..profile("https://b.example", &[]) };
    assert_eq!(lead(&nowhere, &[]), Err(NoDestination::Unset));
    // What leads elsewhere cannot be set in the first place.
    for redirect in ["javascript:alert({x})", "data:text/html,{x}", "//evil.example", "{x}"] {
        assert!(RedirectTemplate::parse(redirect).is_err(), "{redirect}");
    }
    let with_name = RedirectTemplate::parse("https://{user}@b.example/");
    assert!(with_name.is_err(), "a name before the host");
}
