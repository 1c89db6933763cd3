//! Modules that `terraform init` installed below `.terraform`, which is not linted: only what they show to their callers
//! is read.

use std::path::Path;

use crate::cli::files::read_limited;
use crate::diagnostic::FileId;
use crate::terraform::{Interface, Module, ModuleSummary, Role, Source};

/// The number of files that are in no table: nothing may be reported in them.
const NO_FILE: FileId = FileId(u32::MAX);

/// Gives the calls of `module`, which lies at `path`, the interfaces of what is installed for them.
pub(super) fn read_interfaces(module: &mut ModuleSummary, path: &Path) {
    let below = path.ancestors().nth(module.key.split('/').filter(|part| !part.is_empty()).count());
    let Some(repository) = below else { return };
    for call in &mut module.calls {
        let installed = call.target(&module.key).filter(|target| target.split('/').any(|part| part == ".terraform"));
        if let Some(installed) = installed.filter(|_| call.passed.is_some()) {
            call.interface = interface(&repository.join(installed)).map(Box::new);
        }
    }
}

/// Nothing where a file cannot be read, or where there are files for one program only.
fn interface(path: &Path) -> Option<Interface> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(path).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name().to_str()?.to_owned();
        let is_json = name.ends_with(".tf.json");
        if name.ends_with(".tofu") || name.ends_with(".tofu.json") {
            return None;
        }
        if name.starts_with('.') || !(name.ends_with(".tf") || is_json) {
            continue;
        }
        let stem = name.trim_end_matches(".json").trim_end_matches(".tf");
        let is_override = stem == "override" || stem.ends_with("_override");
        let role = if is_override { Role::Override } else { Role::Configuration };
        let text = read_limited(&entry.path()).ok()?;
        sources.push(match is_json {
            true => Source::parse_json(NO_FILE, name, role, &text),
            false => Source::parse(NO_FILE, name, role, text),
        });
    }
    let shown = path.display().to_string();
    Interface::of(&Module::new(&shown, &sources), false).filter(|_| !sources.is_empty())
}
