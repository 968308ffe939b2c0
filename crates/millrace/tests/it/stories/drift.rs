//! Our published operations beside those of the contract's own documents: nothing that a caller may send or read is
//! missing, but for what is listed here with its reason. The documents are not ours to keep, so where they are absent
//! the test says that it was skipped.

use api::Edition;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What differs on purpose: what the line holds, and why.
const INTENDED: &[(&str, &str)] = &[
    ("-product not served", "alpha; there is one product, which every company has"),
    ("product-data not served", "alpha; no data of a product are cached"),
    ("yncSettings not served", "no accounting data are read, so no reading is scheduled"),
    ("data-status not served", "no accounting data are read"),
    ("refresh-company-data not served", "no accounting data are read"),
    ("refresh-data-type not served", "no accounting data are read"),
    ("pull-operation", "no accounting data are read"),
    ("get-read-validation-results not served", "no accounting data are read"),
    ("supplemental-data", "supplements what is read, and nothing is"),
    ("custom-data-type", "read from the books, which nothing is"),
    ("rotate-zapier-key not served", "an application of one vendor"),
    ("referenceParentCompany missing", "companies have no parents here"),
    ("referenceSubsidiaryCompanies[]", "companies have no parents here: the list is always empty"),
    ("ownerUserIds missing", "nobody signs in by name in this version"),
    ("createdByUserName missing", "nobody signs in by name in this version"),
    ("connectionInfo missing", "free data of some adapters; none of this version has any"),
    ("changes[].attachmentId missing", "lines have no attachments"),
    ("recordRef.id missing", "a push writes many lines, and no single record"),
    (
        "get-profile 200.",
        "the deprecated copy of the API key, which is not kept, and a flag that nothing reads",
    ),
    ("update-profile ", "the same"),
    ("[].ref missing", "our remarks refer to no page"),
    (".datatype optional", "a slip of the contract, whose field is called dataType"),
    (
        ".result.account.",
        "both shapes of an account are one schema here, and the first requires only an id",
    ),
    (
        "list-source-accounts 200[].",
        "both shapes of an account are one schema here, and the first requires only an id",
    ),
    (
        "create-source-account ",
        "both shapes of an account are one schema here, and the first requires only an id",
    ),
    (
        "create-batch-source-account request",
        "both shapes of an account are one schema here, and the first requires only an id",
    ),
    (
        "update-source-account request",
        "only name, balance and `disconnected` can change; the rest is taken and ignored, as the contract's own text says",
    ),
    (
        "unlink-connection request.status value",
        "a caller may only unlink; the contract's own text says so",
    ),
    (
        "create-bank-account ",
        "no platform lets feeds make accounts by API: what is sent is checked and refused",
    ),
    ("list-bank-accounts", "what platforms do not tell of the accounts that lines can go to"),
];

const DOCUMENTS: [&str; 2] = ["codat-bank-feeds.json", "codat-platform.json"];

/// A document whose references can be followed.
#[derive(Clone, Copy)]
struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// The schema itself, with what `allOf` brings.
    fn resolve(self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.0.pointer(&reference[1..].replace("%20", " "));
            let target = target.unwrap_or_else(|| panic!("{reference} leads nowhere"));
            return self.resolve(target);
        }
        let mut parts = vec![schema];
        for word in ["allOf", "oneOf", "anyOf"] {
            for part in schema[word].as_array().into_iter().flatten() {
                parts.extend(self.resolve(part));
            }
        }
        parts
    }

    fn property(self, parts: &[&'a Value], name: &str) -> Option<Vec<&'a Value>> {
        let found = parts.iter().filter_map(|part| part["properties"].get(name));
        let found: Vec<_> = found.flat_map(|property| self.resolve(property)).collect();
        (!found.is_empty()).then_some(found)
    }
}

fn names<'a>(parts: &[&'a Value], word: &str) -> BTreeSet<&'a str> {
    let lists = parts.iter().filter_map(|part| part[word].as_array());
    lists.flatten().filter_map(Value::as_str).collect()
}

fn properties<'a>(parts: &[&'a Value]) -> BTreeSet<&'a str> {
    let objects = parts.iter().filter_map(|part| part["properties"].as_object());
    objects.flat_map(|object| object.keys().map(String::as_str)).collect()
}

/// Who writes what is compared.
#[derive(Clone, Copy)]
enum Direction {
    Request,
    Answer,
}

/// Compares two schemas and what is inside them.
struct Comparison<'a> {
    theirs: Document<'a>,
    ours: Document<'a>,
    direction: Direction,
    found: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn compare(&mut self, place: &str, theirs: &[&'a Value], ours: &[&'a Value], depth: usize) {
        // A description of a description of a description: trees within themselves end here.
        if depth == 0 {
            return;
        }
        let ours_required = names(ours, "required");
        for name in names(theirs, "required").difference(&ours_required) {
            self.found.push(format!("{place}.{name} optional"));
        }
        let (their_values, our_values) = (names(theirs, "enum"), names(ours, "enum"));
        // A caller may send every value of the contract, and must not read one that it does not know.
        let (wanted, there) = match self.direction {
            Direction::Request => (their_values, our_values),
            Direction::Answer => (our_values, their_values),
        };
        for value in wanted.difference(&there).filter(|_| !there.is_empty()) {
            self.found.push(format!("{place} value {value}"));
        }
        for name in properties(theirs) {
            let inner = format!("{place}.{name}");
            let their_property = self.theirs.property(theirs, name).unwrap_or_default();
            match self.ours.property(ours, name) {
                Some(our_property) => {
                    self.compare(&inner, &their_property, &our_property, depth - 1);
                }
                None => self.found.push(format!("{inner} missing")),
            }
        }
        let items = |document: Document<'a>, parts: &[&'a Value]| -> Vec<&'a Value> {
            let items = parts.iter().filter_map(|part| part.get("items"));
            items.flat_map(|items| document.resolve(items)).collect()
        };
        let (their_items, our_items) = (items(self.theirs, theirs), items(self.ours, ours));
        if !their_items.is_empty() {
            self.compare(&format!("{place}[]"), &their_items, &our_items, depth - 1);
        }
    }

    fn content(&mut self, place: &str, theirs: &'a Value, ours: &'a Value) {
        const SCHEMA: &str = "/content/application~1json/schema";
        let Some(schema) = theirs.pointer(SCHEMA) else { return };
        let theirs = self.theirs.resolve(schema);
        let ours = ours.pointer(SCHEMA).map(|schema| self.ours.resolve(schema));
        match ours {
            Some(ours) => self.compare(place, &theirs, &ours, 6),
            None => self.found.push(format!("{place} missing")),
        }
    }

    fn operation(&mut self, id: &str, theirs: &'a Value, ours: &'a Value) {
        let query = |document: Document<'a>, operation: &'a Value| -> BTreeSet<&'a str> {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let resolved = parameters.flat_map(|parameter| document.resolve(parameter));
            let query = resolved.filter(|parameter| parameter["in"] == "query");
            query.filter_map(|parameter| parameter["name"].as_str()).collect()
        };
        let our_query = query(self.ours, ours);
        for name in query(self.theirs, theirs).difference(&our_query) {
            self.found.push(format!("{id} parameter {name} missing"));
        }
        self.direction = Direction::Request;
        self.content(&format!("{id} request"), &theirs["requestBody"], &ours["requestBody"]);
        self.direction = Direction::Answer;
        let answers = theirs["responses"].as_object().unwrap();
        for (status, answer) in answers {
            match ours["responses"].get(status) {
                None => self.found.push(format!("{id} {status} missing")),
                Some(our_answer) => self.content(&format!("{id} {status}"), answer, our_answer),
            }
        }
    }
}

/// A path without the names of its parameters, which only their writers see.
fn shape(path: &str) -> String {
    let pieces = path.split('/').map(|piece| if piece.starts_with('{') { "{}" } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

fn differences(theirs: &Value, ours: &Value) -> Vec<String> {
    let (theirs, ours) = (Document(theirs), Document(ours));
    let mut comparison =
        Comparison { theirs, ours, direction: Direction::Request, found: Vec::new() };
    for (path, methods) in theirs.0["paths"].as_object().unwrap() {
        let mut our_paths = ours.0["paths"].as_object().unwrap().iter();
        let our_path = our_paths.find(|(our_path, _)| shape(our_path) == shape(path));
        for (method, operation) in methods.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            match our_path.and_then(|(_, methods)| methods.get(method)) {
                Some(our_operation) => comparison.operation(id, operation, our_operation),
                None => comparison.found.push(format!("{id} not served")),
            }
        }
    }
    comparison.found
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that was skipped says so")]
fn nothing_of_the_contract_is_missing_but_what_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/openapi");
    if !folder.exists() {
        println!("skipped: {} is absent", folder.display());
        return;
    }
    let ours = api::openapi(Edition::Compatible);
    let mut unused: BTreeSet<&str> = INTENDED.iter().map(|(part, _)| *part).collect();
    let mut unexplained = Vec::new();
    for document in DOCUMENTS {
        let theirs = std::fs::read_to_string(folder.join(document)).unwrap();
        let theirs: Value = serde_json::from_str(&theirs).unwrap();
        for line in differences(&theirs, &ours) {
            let explained: Vec<_> =
                INTENDED.iter().filter(|(part, _)| line.contains(part)).collect();
            for (part, _) in &explained {
                unused.remove(part);
            }
            if explained.is_empty() {
                unexplained.push(line);
            }
        }
    }
    assert!(unexplained.is_empty(), "not explained:\n{}", unexplained.join("\n"));
    assert!(unused.is_empty(), "explained and not there: {unused:?}");
}
