//! Runs terraform (or tofu). The only words it can say are those of [`Step`]: version, init, plan and show. There is no
//! apply, no destroy and no way to add arguments; the child's environment is built from nothing, so that none can come
//! from there either.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{self, Deadline, Interrupts, Output};
use crate::shell::quote_command;

/// One call of terraform.
#[derive(Clone, Debug)]
pub enum Step<'a> {
    /// `version -json`
    Version,
    /// `init`: installs what the lock file names; never upgrades, migrates or reconfigures.
    Init {
        /// Values of `-backend-config`.
        backend_config: &'a [String],
    },
    /// `plan`, written to a file.
    Plan(&'a PlanOptions<'a>),
    /// `show -json` of that file.
    Show {
        /// The plan file.
        file: &'a Path,
    },
}

/// What a plan takes.
#[derive(Clone, Debug)]
pub struct PlanOptions<'a> {
    /// Where the plan is written.
    pub file: &'a Path,
    /// Variable files in order.
    pub var_files: &'a [PathBuf],
    /// How long to wait for the state lock; nothing for a plan without lock.
    pub lock_timeout: Option<Duration>,
}

impl Step<'_> {
    /// The arguments after the binary.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        match self {
            Self::Version => words(&["version", "-json"]),
            Self::Init { backend_config } => {
                let mut arguments = words(&["init", "-input=false", "-no-color", "-lockfile=readonly"]);
                arguments.extend(backend_config.iter().map(|value| format!("-backend-config={value}").into()));
                arguments
            }
            Self::Plan(plan) => {
                let mut arguments = words(&["plan", "-json", "-input=false", "-detailed-exitcode"]);
                arguments.push(match plan.lock_timeout {
                    Some(wait) => format!("-lock-timeout={}s", wait.as_secs()).into(),
                    None => "-lock=false".into(),
                });
                arguments.extend(plan.var_files.iter().map(|file| joined("-var-file=", file)));
                arguments.push(joined("-out=", plan.file));
                arguments
            }
            Self::Show { file } => {
                let mut arguments = words(&["show", "-json"]);
                arguments.push(file.into());
                arguments
            }
        }
    }
}

fn joined(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

/// A terraform for one environment.
#[derive(Clone, Debug)]
pub struct Terraform {
    binary: OsString,
    directory: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Terraform {
    /// `binary` in `directory` with nothing but `environment`; see [`child_environment`].
    #[must_use]
    pub fn new(binary: &str, directory: &Path, environment: BTreeMap<OsString, OsString>) -> Self {
        Self { binary: binary.into(), directory: directory.to_path_buf(), environment }
    }

    /// Runs one step to its end, or until the deadline or an interrupt ends it.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub fn run(&self, step: &Step<'_>, deadline: &Deadline, interrupts: &Interrupts) -> io::Result<Output> {
        let mut command = Command::new(&self.binary);
        command.args(step.arguments()).current_dir(&self.directory).env_clear().envs(&self.environment);
        process::run(command, deadline, interrupts)
    }

    /// The command as a person would type it. Of the environment only what says where terraform works and holds no
    /// secret.
    #[must_use]
    pub fn shown(&self, step: &Step<'_>) -> String {
        let words: Vec<OsString> = std::iter::once(self.binary.clone()).chain(step.arguments()).collect();
        let places = ["TF_DATA_DIR", "TF_WORKSPACE"].into_iter();
        let places = places.filter_map(|name| Some((name, self.environment.get(OsStr::new(name))?)));
        let places: String = places.map(|(name, value)| format!("{name}={} ", quoted(&[value]))).collect();
        format!("cd {} && {places}{}", quoted(&[&self.directory]), quoted(&words))
    }
}

/// Words as a POSIX shell reads them back.
fn quoted<W: AsRef<OsStr>>(words: &[W]) -> String {
    String::from_utf8_lossy(&quote_command(words)).into_owned()
}

/// Variables that are handed on, by name or, with a `*` at the end, by prefix.
const HANDED_ON: [&str; 22] = [
    "PATH",
    "HOME",
    "USER",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "CREDENTIALS_DIRECTORY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "TF_CLI_CONFIG_FILE",
    "TF_PLUGIN_CACHE_DIR",
    "TF_VAR_*",
    "AWS_*",
    "PROXMOX_VE_*",
    "PM_*",
];

/// Variables that could change what terraform does, or make it write secrets into logs. Nobody may set them.
const REFUSED: [&str; 4] = ["TF_CLI_ARGS*", "TF_LOG*", "TF_REATTACH_PROVIDERS", "TF_WORKSPACE"];

fn is_listed(name: &str, list: &[&str]) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *entry,
    })
}

/// The environment of the child: what is handed on of `own`, then the lines of the environment files (`added`), then
/// sprag's own settings.
///
/// # Errors
/// The name of a variable in `added` that nobody may set.
pub fn child_environment(
    own: impl Iterator<Item = (OsString, OsString)>,
    added: &[(String, String)],
    data_directory: &Path,
    workspace: Option<&str>,
) -> Result<BTreeMap<OsString, OsString>, String> {
    let mut environment: BTreeMap<OsString, OsString> =
        own.filter(|(name, _)| name.to_str().is_some_and(|name| is_listed(name, &HANDED_ON))).collect();
    for (name, value) in added {
        if is_listed(name, &REFUSED) {
            return Err(name.clone());
        }
        environment.insert(name.into(), value.into());
    }
    for (name, value) in [("TF_IN_AUTOMATION", "1"), ("TF_INPUT", "0"), ("CHECKPOINT_DISABLE", "1"), ("LANG", "C")] {
        environment.insert(name.into(), value.into());
    }
    environment.insert("TF_DATA_DIR".into(), data_directory.into());
    if let Some(workspace) = workspace {
        environment.insert(OsStr::new("TF_WORKSPACE").into(), workspace.into());
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_nothing_but_its_four_words() {
        let file = Path::new("/run/sprag/plan");
        let plan =
            PlanOptions { file, var_files: &["prod.tfvars".into()], lock_timeout: Some(Duration::from_secs(60)) };
        let steps =
            [Step::Version, Step::Init { backend_config: &["key=a b".into()] }, Step::Plan(&plan), Step::Show { file }];
        let said: Vec<String> = steps
            .iter()
            .map(|step| {
                step.arguments().iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(
            said,
            [
                "version -json",
                "init -input=false -no-color -lockfile=readonly -backend-config=key=a b",
                "plan -json -input=false -detailed-exitcode -lock-timeout=60s -var-file=prod.tfvars -out=/run/sprag/plan",
                "show -json /run/sprag/plan",
            ]
        );
    }

    #[test]
    fn environment_is_made_from_nothing() {
        let own = [
            ("PATH", "/bin"),
            ("TF_CLI_ARGS_plan", "-destroy"),
            ("TF_LOG", "trace"),
            ("EDITOR", "vi"),
            ("TF_VAR_a", "1"),
        ];
        let own = own.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let environment = child_environment(own, &[("X".into(), "y".into())], Path::new("/d"), None).unwrap();
        let names: Vec<&str> = environment.keys().filter_map(|name| name.to_str()).collect();
        assert_eq!(
            names,
            ["CHECKPOINT_DISABLE", "LANG", "PATH", "TF_DATA_DIR", "TF_INPUT", "TF_IN_AUTOMATION", "TF_VAR_a", "X"]
        );
    }

    #[test]
    fn nobody_sets_arguments_through_the_environment() {
        let refused =
            |name: &str| child_environment(std::iter::empty(), &[(name.into(), String::new())], Path::new("/d"), None);
        assert_eq!(refused("TF_CLI_ARGS_plan").unwrap_err(), "TF_CLI_ARGS_plan");
        assert_eq!(refused("TF_LOG_PROVIDER").unwrap_err(), "TF_LOG_PROVIDER");
        assert!(refused("TF_VAR_x").is_ok());
    }

    #[test]
    fn shown_commands_can_be_pasted() {
        let terraform = Terraform::new("terraform", Path::new("/srv/it's here"), BTreeMap::new());
        assert_eq!(terraform.shown(&Step::Version), r"cd '/srv/it'\''s here' && terraform version -json");
        let own =
            child_environment(std::iter::empty(), &[("TF_VAR_x".into(), "hunter2".into())], Path::new("/d"), Some("w"));
        let terraform = Terraform::new("tofu", Path::new("/srv"), own.unwrap());
        assert_eq!(
            terraform.shown(&Step::Version),
            "cd /srv && TF_DATA_DIR=/d TF_WORKSPACE=w tofu version -json",
            "nothing that may be secret"
        );
    }
}
