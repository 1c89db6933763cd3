//! Module calls beside what the called module declares, where both are known for certain.

use std::collections::HashMap;

use crate::linter::Repository;
use crate::terraform::{Call, Interface, Passed};

/// A call and what it calls.
pub(super) struct Callee<'r> {
    /// The call.
    pub(super) call: &'r Call,
    /// What it passes and reads.
    pub(super) passed: &'r Passed,
    /// What the called module declares.
    pub(super) interface: &'r Interface,
}

/// All calls whose callee is known, in order.
pub(super) fn calls<'r>(repository: &'r Repository<'_>) -> Vec<Callee<'r>> {
    let interfaces = repository.modules.iter().filter_map(|module| Some((&*module.key, module.interface.as_deref()?)));
    let interfaces: HashMap<&str, &Interface> = interfaces.collect();
    let mut found = Vec::new();
    for module in &repository.modules {
        for call in &module.calls {
            let Some(passed) = call.passed.as_deref() else { continue };
            let in_repository = || interfaces.get(call.target(&module.key)?.as_str()).copied();
            if let Some(interface) = call.interface.as_deref().or_else(in_repository) {
                found.push(Callee { call, passed, interface });
            }
        }
    }
    found
}
