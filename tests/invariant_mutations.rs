//! What the bundled invariants are worth: every change of `invariant_mutations/mutations.txt` to a copy of
//! `testdata/homelab` is reported exactly when it breaks something, and in the unchanged copy nearly everything is decided.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use sprag::diagnostic::{FileId, LintId};
use sprag::eval::module::Node;
use sprag::eval::{ShortCircuit, Sources, Unreadable, Value};
use sprag::invariant::{Bundled, Invariant, RootValue};
use sprag::linter::{Check, Evaluation};
use sprag::terraform::{Module, Role, Source};

const TABLE: &str = include_str!("invariant_mutations/mutations.txt");

fn main() {
    let arguments = Arguments::from_args();
    let mutations = parse(TABLE);
    let breaking = mutations.iter().filter(|mutation| !mutation.reported.is_empty()).count();
    let harmless = mutations.len() - breaking;
    assert!(breaking >= 20 && harmless >= 20, "{breaking} changes break something, {harmless} do not");
    let mut trials: Vec<Trial> =
        mutations.into_iter().map(|mutation| Trial::test(mutation.name.clone(), move || mutation.check())).collect();
    trials.push(Trial::test("nearly_everything_is_decided", nearly_everything_is_decided));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A change, and the lints that must report it.
struct Mutation {
    name: String,
    reported: BTreeSet<String>,
    edits: Vec<Edit>,
}

/// Lines of a file, and what stands in their place.
struct Edit {
    file: String,
    old: String,
    new: String,
}

fn parse(table: &str) -> Vec<Mutation> {
    let mut mutations: Vec<Mutation> = Vec::new();
    let mut file = String::new();
    let mut begins = true;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("= ") {
            mutations.push(Mutation { name: name.to_owned(), reported: BTreeSet::new(), edits: Vec::new() });
            continue;
        }
        let Some(mutation) = mutations.last_mut() else { continue };
        if line.is_empty() {
            begins = true;
        } else if let Some(lint) = line.strip_prefix("! ") {
            mutation.reported.insert(lint.to_owned());
        } else if let Some(name) = line.strip_prefix("@ ") {
            name.clone_into(&mut file);
            begins = true;
        } else {
            let is_old = line.starts_with('-');
            // Old lines after new ones begin another replacement.
            let ends = mutation.edits.last().is_some_and(|edit| is_old && !edit.new.is_empty());
            if begins || ends {
                mutation.edits.push(Edit { file: file.clone(), old: String::new(), new: String::new() });
                begins = false;
            }
            let edit = mutation.edits.last_mut().unwrap();
            let text = if is_old { &mut edit.old } else { &mut edit.new };
            text.push_str(line.strip_prefix(['-', '+']).unwrap_or_else(|| panic!("a line of no meaning: {line}")));
            text.push('\n');
        }
    }
    mutations
}

impl Mutation {
    /// The modules that it changes or calls; no other is of interest.
    fn modules(&self) -> BTreeSet<String> {
        let all = std::fs::read_dir(homelab().join("modules")).unwrap();
        let names = all.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let is_named = |name: &String| {
            self.edits.iter().any(|edit| {
                edit.file.starts_with(&format!("modules/{name}/")) || edit.new.contains(&format!("\"../{name}\""))
            })
        };
        names.filter(is_named).map(|name| format!("modules/{name}")).collect()
    }

    /// Lints that are not asked: those that try what a caller may pass take long, and only tags concern them.
    fn ignored(&self) -> &'static [&'static str] {
        let is_about_tags = self.edits.iter().any(|edit| edit.old.contains("tags") || edit.new.contains("tags"));
        if is_about_tags { &[] } else { &["proxmox/duplicate-tags", "proxmox/unsorted-tags"] }
    }

    fn check(&self) -> Result<(), Failed> {
        let repository = tempfile::tempdir()?;
        common::copy_tree(&homelab().join("environments"), &repository.path().join("environments"));
        std::fs::create_dir(repository.path().join("modules"))?;
        for module in self.modules() {
            common::copy_tree(&homelab().join(&module), &repository.path().join(&module));
        }
        std::fs::create_dir(repository.path().join(".git"))?;
        std::fs::write(repository.path().join(".sprag.hcl"), "preset = \"homelab\"\n")?;
        for edit in &self.edits {
            edit.apply(repository.path())?;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "--select", "proxmox", "--fail-on", "note", "--format", "json", "."])
            .args(self.ignored().iter().flat_map(|lint| ["--ignore", lint]))
            .current_dir(repository.path())
            .env_clear()
            .output()?;
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let diagnostics = report["diagnostics"].as_array().ok_or("no diagnostics")?;
        let found: BTreeSet<String> =
            diagnostics.iter().filter_map(|found| Some(found["code"].as_str()?.to_owned())).collect();
        if found == self.reported {
            return Ok(());
        }
        Err(format!("reported as {found:?}, expected {:?}\n{diagnostics:#?}", self.reported).into())
    }
}

impl Edit {
    fn apply(&self, repository: &Path) -> Result<(), Failed> {
        let path = repository.join(&self.file);
        let text = if path.exists() { std::fs::read_to_string(&path)? } else { String::new() };
        let changed = if self.old.is_empty() {
            format!("{text}\n{}", self.new)
        } else if text.matches(&self.old).count() == 1 {
            text.replacen(&self.old, &self.new, 1)
        } else {
            return Err(format!("{} does not have this once:\n{}", self.file, self.old).into());
        };
        std::fs::create_dir_all(path.parent().unwrap())?;
        Ok(std::fs::write(path, changed)?)
    }
}

fn homelab() -> PathBuf {
    common::root().join("testdata/homelab")
}

/// The files beside a module.
struct Beside(PathBuf);

impl Sources for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        self.read_in_module(path)
    }

    fn read_in_module(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        std::fs::read(self.0.join(path)).map(Arc::from).map_err(|_| Unreadable::Missing)
    }
}

/// At least 95 of 100 places of each bundled invariant are decided.
fn nearly_everything_is_decided() -> Result<(), Failed> {
    let names: Vec<String> = ["modules", "environments"]
        .iter()
        .flat_map(|part| std::fs::read_dir(homelab().join(part)).unwrap().map(move |entry| (part, entry.unwrap())))
        .map(|(part, entry)| format!("{part}/{}", entry.file_name().to_string_lossy()))
        .filter(|name| name != "environments/shared")
        .collect();
    let sources: Vec<Vec<Source>> = names.iter().enumerate().map(|(number, name)| load(number, name)).collect();
    let modules: Vec<Module<'_>> =
        names.iter().zip(&sources).map(|(name, sources)| Module::new(name, sources)).collect();
    let files: Vec<Beside> = names.iter().map(|name| Beside(homelab().join(name))).collect();
    let nodes: Vec<Node<'_>> = (0..names.len())
        .map(|number| Node {
            module: &modules[number],
            path: &names[number],
            sources: &files[number],
            calls: calls(&modules[number], &names),
            short_circuit: ShortCircuit::Unknown,
            is_root: names[number].starts_with("environments/"),
        })
        .collect();
    let roots = nodes.iter().enumerate().filter(|(_, node)| node.is_root);
    let values: BTreeMap<usize, Vec<RootValue>> = roots.map(|(number, node)| (number, values(node.module))).collect();
    let bundled = sprag::lints::LINTS.iter().filter_map(|lint| match lint.check {
        Check::Invariant(text) => Some((lint, text)),
        _ => None,
    });
    let invariants: Vec<Invariant> =
        bundled.flat_map(|(lint, text)| Invariant::bundled(Bundled { id: lint.id, text }, lint.severity)).collect();
    let evaluation = Evaluation {
        nodes: &nodes,
        invariants: &|_| &invariants,
        values: &values,
        has_contracts: false,
        may_be_unstable: &|_| false,
    };
    let evaluated = evaluation.run();
    println!("| invariant | places | decided |\n| --- | --- | --- |");
    for (lint, (places, decided)) in &evaluated.places {
        println!("| {lint} | {places} | {decided} |");
    }
    let undecided: Vec<String> = evaluated
        .undecided
        .iter()
        .map(|(node, undecided)| {
            format!("{} {} {}: {}", names[*node], undecided.lint, undecided.address, undecided.open.reason)
        })
        .collect();
    let lints: BTreeSet<&str> = invariants.iter().map(|invariant| invariant.id.as_str()).collect();
    let judged: BTreeSet<&str> = evaluated.places.keys().map(LintId::as_str).collect();
    let short: Vec<_> = evaluated.places.iter().filter(|(_, (places, decided))| decided * 100 < places * 95).collect();
    if evaluated.diagnostics.is_empty() && short.is_empty() && lints == judged {
        return Ok(());
    }
    Err(format!("found {:?}\nshort {short:?}\nundecided {undecided:#?}\njudged {judged:?}", evaluated.diagnostics)
        .into())
}

/// The configuration and the values of a directory.
fn load(number: usize, name: &str) -> Vec<Source> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(homelab().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let role = |path: &Path| match path.extension().and_then(|extension| extension.to_str()) {
        Some("tf") => Some(Role::Configuration),
        Some("tfvars") => Some(Role::Variables),
        _ => None,
    };
    let known = files.iter().enumerate().filter_map(|(at, path)| Some((at, path, role(path)?)));
    known
        .map(|(at, path, role)| {
            let file = FileId(u32::try_from(number * 100 + at).unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            Source::parse(file, name, role, std::fs::read(path).unwrap())
        })
        .collect()
}

fn calls(module: &Module<'_>, names: &[String]) -> HashMap<String, usize> {
    let target = |source: &str| {
        let path = source.trim_start_matches("../");
        names.iter().position(|name| name == path || name.strip_prefix("modules/") == Some(path))
    };
    let found = module
        .calls
        .iter()
        .filter_map(|call| Some((call.name().into_owned(), target(&call.value("source")?.as_string()?)?)));
    found.collect()
}

fn values(module: &Module<'_>) -> Vec<RootValue> {
    let files = module.sources.iter().filter(|source| source.role == Role::Variables);
    files
        .flat_map(|source| source.document().root().attributes().map(move |attribute| (source, attribute)))
        .filter_map(|(source, attribute)| {
            let value: Value = sprag::eval::constant(attribute.value()).ok()?;
            Some((Arc::from(attribute.name()), value, source.location(attribute.value().span())))
        })
        .collect()
}
