//! Where settings come from: flags before environment before file before defaults. The only reader of the environment.

use super::keys::{self, KEYS, Key};
use anyhow::{Context as _, bail};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A setting's value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced {
    /// As text, whatever its type in a file.
    pub(crate) value: String,
    /// For messages, and for `config dump`.
    pub(crate) origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// A settings file.
    File(PathBuf),
    /// This variable.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// Every setting by its name.
pub(crate) type Values = BTreeMap<&'static str, Sourced>;

/// The folder in which systemd lays what a service may know.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// What it lays there for us.
const KEY_CREDENTIAL: &str = "millrace-encryption-key";

/// The environment as pairs.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]
pub(crate) fn environment() -> Vec<(String, String)> {
    std::env::vars()
        .filter(|(name, _)| name.starts_with("MILLRACE_") || name == CREDENTIALS)
        .collect()
}

/// Merges all sources. `file` is read when given; otherwise `millrace.toml` if it is there.
pub(crate) fn merge(
    file: Option<&Path>,
    environment: &[(String, String)],
    flags: &[(String, String)],
) -> anyhow::Result<Values> {
    let default = |key: &Key| Sourced { value: key.default.to_owned(), origin: Origin::Default };
    let mut values: Values = KEYS.iter().map(|key| (key.path, default(key))).collect();
    let named = environment.iter().find(|(name, _)| name == "MILLRACE_CONFIG");
    let file = file.map(Path::to_owned).or_else(|| named.map(|(_, path)| PathBuf::from(path)));
    let standing = PathBuf::from("millrace.toml");
    let file = file.or_else(|| standing.exists().then_some(standing));
    if let Some(path) = file {
        read_file(&path, &mut values)?;
    }
    read_environment(environment, &mut values)?;
    for (path, value) in flags {
        set(&mut values, path, value.clone(), Origin::Flag)?;
    }
    Ok(values)
}

fn set(values: &mut Values, path: &str, value: String, origin: Origin) -> anyhow::Result<()> {
    let Some(key) = keys::find(path) else {
        let meant = keys::nearest(path).map_or_else(
            || "`millrace config dump` shows all there are".to_owned(),
            |nearest| format!("did you mean {nearest:?}?"),
        );
        bail!("{origin}: there is no setting {path:?}; {meant}");
    };
    values.insert(key.path, Sourced { value, origin });
    Ok(())
}

fn read_file(path: &Path, values: &mut Values) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the settings file {} cannot be read", path.display()))?;
    let table: toml::Table =
        text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
    let mut found = Vec::new();
    flatten("", &table, &mut found)
        .with_context(|| format!("the settings file {} is wrong", path.display()))?;
    for (name, value) in found {
        set(values, &name, value, Origin::File(path.to_owned()))?;
    }
    Ok(())
}

fn flatten(
    prefix: &str,
    table: &toml::Table,
    found: &mut Vec<(String, String)>,
) -> anyhow::Result<()> {
    for (name, value) in table {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(table) => flatten(&path, table, found)?,
            toml::Value::String(text) => found.push((path, text.clone())),
            toml::Value::Integer(number) => found.push((path, number.to_string())),
            toml::Value::Boolean(truth) => found.push((path, truth.to_string())),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) => {
                bail!("{path} must be a text, a whole number, true or false")
            }
        }
    }
    Ok(())
}

fn read_environment(environment: &[(String, String)], values: &mut Values) -> anyhow::Result<()> {
    for (name, value) in environment {
        if name == CREDENTIALS {
            read_credential(Path::new(value), values)?;
            continue;
        }
        if name == "MILLRACE_CONFIG" || name.starts_with("MILLRACE_TEST_") {
            continue;
        }
        let origin = Origin::Environment(name.clone());
        let exact = KEYS.iter().find(|key| keys::variable(key) == *name);
        let by_file = name.strip_suffix("_FILE");
        let by_file = KEYS.iter().find(|key| Some(keys::variable(key).as_str()) == by_file);
        match (exact, by_file) {
            (Some(key), _) => set(values, key.path, value.clone(), origin)?,
            (None, Some(key)) => {
                let text = std::fs::read_to_string(value)
                    .with_context(|| format!("{name}: the file {value} cannot be read"))?;
                set(values, key.path, text.trim_end().to_owned(), origin)?;
            }
            (None, None) => {
                let path = name.trim_start_matches("MILLRACE_").to_lowercase().replace("__", ".");
                set(values, &path, value.clone(), origin)?;
            }
        }
    }
    Ok(())
}

/// A service may have other credentials and not this one.
fn read_credential(folder: &Path, values: &mut Values) -> anyhow::Result<()> {
    let path = folder.join(KEY_CREDENTIAL);
    if !path.exists() {
        return Ok(());
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("the credential {} cannot be read", path.display()))?;
    set(values, "encryption.key", text.trim_end().to_owned(), Origin::File(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_credential_of_systemd_is_the_encryption_key_and_others_are_none_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let environment = pairs(&[(CREDENTIALS, folder.path().to_str().unwrap())]);
        let key = |flags: &[(String, String)]| {
            let values = merge(None, &environment, flags).unwrap();
            values["encryption.key"].value.clone()
        };
        std::fs::write(folder.path().join("of-another-service"), "x").unwrap();
        assert_eq!(key(&[]), "");
        std::fs::write(folder.path().join(KEY_CREDENTIAL), "from systemd\n").unwrap();
        assert_eq!(key(&[]), "from systemd");
        assert_eq!(key(&pairs(&[("encryption.key", "flag")])), "flag");
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file = file("[server]\nlisten = \"a\"\ndrain_secs = 3\npublic_url = \"f\"");
        let environment =
            pairs(&[("MILLRACE_SERVER__LISTEN", "b"), ("MILLRACE_SERVER__PUBLIC_URL", "e")]);
        let flags = pairs(&[("server.listen", "c")]);
        let values = merge(Some(file.path()), &environment, &flags).unwrap();
        let value = |path: &str| values.get(path).map(|sourced| sourced.value.as_str());
        assert_eq!(value("server.listen"), Some("c"));
        assert_eq!(value("server.public_url"), Some("e"));
        assert_eq!(value("server.drain_secs"), Some("3"));
        assert_eq!(value("log.filter"), Some("info"));
    }

    #[test]
    fn a_secret_may_come_from_a_file_named_in_the_environment() {
        let secret = file("postgres://bank@db/feeds\n");
        let path = secret.path().to_str().unwrap();
        let environment = pairs(&[("MILLRACE_STORAGE__DATABASE_FILE", path)]);
        let values = merge(None, &environment, &[]).unwrap();
        assert_eq!(values["storage.database"].value, "postgres://bank@db/feeds");
    }

    #[test]
    fn an_unknown_setting_is_refused_with_the_nearest_name_wherever_it_stands() {
        let file = file("[server]\nlisen = \"a\"");
        let refusal =
            |file: Option<&Path>, environment: &[(&str, &str)], flags: &[(&str, &str)]| {
                merge(file, &pairs(environment), &pairs(flags)).unwrap_err().to_string()
            };
        assert!(refusal(Some(file.path()), &[], &[]).contains("did you mean \"server.listen\"?"));
        let environment = [("MILLRACE_LOG__FORMATT", "json")];
        assert!(refusal(None, &environment, &[]).contains("did you mean \"log.format\"?"));
        assert!(refusal(None, &[], &[("mod", "x")]).contains("did you mean \"mode\"?"));
    }
}
