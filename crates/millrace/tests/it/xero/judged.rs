//! Requests made up from Xero's published contract, good and bad, at the simulator: no answer may be a 5xx, and every
//! answer must have a status, a type and a shape that the contract tells.

use crate::harness::{Sandbox, XeroGrant, XeroSimulator, environment, tightened, xero_contract};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the judge says of the simulator, in part, and why it may.
type Excuse = (&'static str, &'static str);

const NO_TENANT: Excuse = (
    "Undocumented status code, Received: 403",
    "the contract names no answer to a call that names no tenant; Xero's other interfaces say 403",
);

/// Bad requests that are taken.
const TAKEN: [Excuse; 2] = [
    (
        "GET /FeedConnections: Schema-violating request accepted, Invalid component: parameter",
        "the contract's own text: what is no number of a page is the first page",
    ),
    (
        "GET /Statements: Schema-violating request accepted, Invalid component: parameter",
        "the same",
    ),
];

/// The same cases at every run.
const SEED: u32 = 7;
/// How many examples of each operation, beside those that cover its schema.
const EXAMPLES: u32 = 60;
/// Many times what it takes: the machine may be busy with other tests.
const SECS_MAX: u32 = 300;
/// No status, type, header or shape that the contract does not tell.
const CONFORMS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";
/// That bad requests are refused. Not that good ones are taken: the contract requires no field, so most of its good
/// requests say nothing.
const REFUSES: &str = "negative_data_rejection,missing_required_header,unsupported_method,\
    allow_header_conformance,ignored_auth";

/// A simulator without limits, with a feed that is connected, another one, and a statement.
struct Scene {
    simulator: XeroSimulator,
    grant: XeroGrant,
    feeds: [String; 2],
    statement: String,
}

impl Scene {
    async fn open() -> Self {
        let simulator = XeroSimulator::open().await;
        let grant = simulator.sign_in().await;
        let most = 1_000_000;
        let limits = json!({"concurrent": most, "minute": most, "day": most, "appMinute": most});
        simulator.control(Method::PATCH, "settings", json!({ "limits": limits })).await;
        let mut scene =
            Self { simulator, grant, feeds: Default::default(), statement: String::new() };
        for (place, number) in ["12345678", "20304050"].into_iter().enumerate() {
            let feed = json!({"accountToken": number, "accountNumber": number, "accountName": "Account",
                "accountType": "BANK", "currency": "GBP"});
            scene.feeds[place] = scene.make("FeedConnections", &feed).await;
        }
        let balance = json!({"amount": 1, "creditDebitIndicator": "CREDIT"});
        let statement = json!({"feedConnectionId": scene.feeds[0], "startDate": "2024-02-29",
            "endDate": "2024-02-29", "startBalance": balance, "endBalance": balance, "statementLines": []});
        scene.statement = scene.make("Statements", &statement).await;
        scene
    }

    /// The id of what one item makes, once Xero is done with it.
    async fn make(&self, path: &str, item: &Value) -> String {
        let url = format!("{}/bankfeeds.xro/1.0/{path}", self.simulator.url);
        let request = reqwest::Client::new().post(url).bearer_auth(&self.grant.token);
        let request = request.header("Xero-Tenant-Id", &self.grant.tenant);
        let answer = request.body(json!({"items": [item]}).to_string()).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        self.simulator.control(Method::POST, "time", json!({"advanceSecs": 2})).await;
        let id = answer["items"][0]["id"].as_str();
        id.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Runs the judge with a contract.
    async fn judge(&self, contract: &Value, checks: &str) -> Report {
        let Self { simulator, grant, feeds, statement } = self;
        let settings = format!(
            "seed = {SEED}\n[headers]\nAuthorization = \"Bearer {}\"\nXero-Tenant-Id = \"{}\"\n\
             [generation]\nmax-examples = {EXAMPLES}\n\
             [parameters]\nid = \"{}\"\nstatementId = \"{statement}\"\n",
            grant.token, grant.tenant, feeds[0]
        );
        let sandbox = Sandbox::new().patient(SECS_MAX);
        let settings = sandbox.write("schemathesis.toml", settings).display().to_string();
        let document = sandbox.write("contract.json", contract.to_string()).display().to_string();
        let url = format!("{}/bankfeeds.xro/1.0", simulator.url);
        let words = ["--config-file", &settings, "run", &document, "--url", &url, "--no-color"];
        let scope = ["--phases", "coverage,fuzzing", "--continue-on-failure", "--checks", checks];
        // A busy machine is no fault of anybody's.
        let patience = ["--suppress-health-check", "too_slow"];
        let report = ["--report", "ndjson", "--report-ndjson-path", "report"];
        let words = [&words[..], &scope, &patience, &report].concat();
        let words: Vec<_> = words.into_iter().map(str::to_owned).collect();
        // On a thread of its own, for the simulator has to answer meanwhile.
        let running = tokio::task::spawn_blocking(move || {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let said = sandbox.run(environment("schemathesis", "st"), &words);
            let text = said.text();
            // Findings are in the report; a judge that has not finished has none.
            assert!(text.contains(" generated, "), "{text}\n{}", said.errors);
            Report::read(&String::from_utf8(sandbox.read("report")).unwrap())
        });
        running.await.unwrap()
    }
}

/// What the judge has seen.
#[derive(Debug, Default)]
struct Report {
    cases: usize,
    /// Every operation with every status that it answered: `GET /Statements 200`.
    answers: BTreeSet<String>,
    /// What is wrong, in a line each: the operation, what the judge calls it, and its words.
    findings: BTreeSet<String>,
}

impl Report {
    fn read(lines: &str) -> Self {
        let mut report = Self::default();
        for line in lines.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let errors = ["NonFatalError", "FatalError"].map(|kind| &event[kind]);
            let errors = errors.into_iter().filter(|error| !error.is_null());
            report.findings.extend(errors.map(ToString::to_string));
            let seen = &event["ScenarioFinished"]["recorder"];
            let operation = seen["label"].as_str().unwrap_or_default();
            for interaction in seen["interactions"].as_object().into_iter().flatten() {
                report.cases += 1;
                let status = &interaction.1["response"]["status_code"];
                report.answers.insert(format!("{operation} {status}"));
            }
            let checks = seen["checks"].as_object().into_iter().flatten();
            let checks = checks.filter_map(|(_, checks)| checks.as_array()).flatten();
            for check in checks.filter(|check| check["status"] != "success") {
                let failure = &check["failure_info"]["failure"];
                let title = failure["title"].as_str().unwrap_or_else(|| panic!("{check}"));
                let words = failure["message"].as_str().unwrap_or_default().lines();
                // What would have been right is the judge's own opinion.
                let words = words.filter(|word| !word.starts_with("Expected: "));
                let words: Vec<_> =
                    words.filter(|word| !word.starts_with("Invalid data ")).collect();
                report.findings.insert(format!("{operation}: {title}, {}", words.join(", ")));
            }
        }
        report
    }

    /// Nothing is wrong but what is excused, and nothing is excused that is not there.
    #[track_caller]
    fn expect_only(&self, excused: &[Excuse]) {
        let is_excused = |line: &&String| excused.iter().any(|(part, _)| line.contains(part));
        let (found, wrong): (Vec<_>, Vec<_>) = self.findings.iter().partition(is_excused);
        assert!(wrong.is_empty(), "not excused: {wrong:#?}");
        let stale = |part: &&str| !found.iter().any(|line| line.contains(part));
        let stale: Vec<_> = excused.iter().map(|(part, _)| *part).filter(stale).collect();
        assert!(stale.is_empty(), "excused and not there: {stale:?}");
    }

    #[track_caller]
    fn expect_answers(&self, wanted: &[&str]) {
        let missing: Vec<_> = wanted.iter().filter(|one| !self.answers.contains(**one)).collect();
        assert!(missing.is_empty(), "never answered: {missing:?}, but {:?}", self.answers);
    }
}

/// The made-up cases of the published contract; it makes more where a schema becomes richer.
const CASES_MIN: usize = 1_700;
/// Of the contract with the simulator's own values in it.
const KNOWN_CASES_MIN: usize = 650;

#[tokio::test]
async fn requests_made_up_from_xeros_contract_find_no_fault() {
    let Some(contract) = xero_contract() else { return };
    let scene = Scene::open().await;
    let report = scene.judge(&contract, &format!("{CONFORMS},{REFUSES}")).await;
    report.expect_only(&[&[NO_TENANT], &TAKEN[..]].concat());
    assert!(report.cases >= CASES_MIN, "only {} cases", report.cases);
}

#[tokio::test]
async fn an_answer_that_breaks_the_contract_is_found() {
    let Some(mut contract) = xero_contract() else { return };
    let scene = Scene::open().await;
    let drift =
        json!({"fault": "strings-for-numbers", "operation": "list-statements", "calls": 1_000});
    scene.simulator.control(Method::POST, "faults", drift).await;
    contract["paths"].as_object_mut().unwrap().retain(|path, _| path == "/Statements");
    let report = scene.judge(&contract, CONFORMS).await;
    let found = |line: &String| {
        line.starts_with("GET /Statements: Response violates schema, \"1.0000\" is not of type")
    };
    assert!(report.findings.iter().any(found), "{report:#?}");
}

/// The contract with values in it that this simulator knows: made-up ids lead nowhere.
fn at_home(scene: &Scene, contract: Value) -> Value {
    let mut contract = tightened(contract);
    let gone = "00000000-0000-4000-8000-000000000000";
    let values = [
        ("StatementAsked", "feedConnectionId", json!([scene.feeds[0]])),
        ("StatementAsked", "startDate", json!(["2024-02-28", "2024-02-29"])),
        ("StatementAsked", "endDate", json!(["2024-02-28", "2024-02-29"])),
        ("StartBalance", "amount", json!([0, 1])),
        ("EndBalance", "amount", json!([0, 1])),
        ("StatementLine", "amount", json!([1])),
        ("StatementLine", "postedDate", json!(["2024-02-29"])),
        ("FeedConnectionAsked", "accountType", json!(["BANK"])),
        ("FeedConnectionAsked", "accountNumber", json!(["12345678", "7", "8", "9"])),
        ("FeedConnectionAsked", "accountName", json!(["One", "Two"])),
        ("FeedConnectionAsked", "country", json!(["GB"])),
        ("FeedConnectionAsked", "currency", json!(["GBP", "EUR", "JPY"])),
        ("FeedConnectionNamed", "id", json!([scene.feeds[1], gone])),
    ];
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    for (schema, property, values) in values {
        let property = &mut schemas[schema]["properties"][property];
        let kind = if values[0].is_number() { "number" } else { "string" };
        *property = json!({"type": kind, "enum": values});
    }
    let feed = schemas["FeedConnectionAsked"].as_object_mut().unwrap();
    feed.remove("allOf");
    feed["properties"].as_object_mut().unwrap().remove("accountId");
    contract
}

#[tokio::test]
async fn requests_made_up_of_what_the_simulator_knows_find_no_fault() {
    let Some(contract) = xero_contract() else { return };
    let scene = Scene::open().await;
    let report = scene.judge(&at_home(&scene, contract), CONFORMS).await;
    report.expect_only(&[NO_TENANT]);
    assert!(report.cases >= KNOWN_CASES_MIN, "only {} cases", report.cases);
    report.expect_answers(&[
        "GET /FeedConnections 202",
        "GET /FeedConnections/{id} 200",
        "GET /Statements 200",
        "GET /Statements/{statementId} 200",
        "POST /FeedConnections 202",
        "POST /FeedConnections 400",
        "POST /FeedConnections/DeleteRequests 202",
        "POST /Statements 202",
        "POST /Statements 400",
        "POST /Statements 409",
        "POST /Statements 422",
    ]);
}
