//! See `lints/terraform/unexpected-file/README.md`.

use super::is_kept_house;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::terraform::{Module, Source};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let Some(first) = module.configuration().find(|source| source.is_native()).filter(|_| is_kept_house(module)) else {
        return;
    };
    let mut missing = vec!["main.tf"];
    for (kind, file, declarations) in
        [("variable", "variables.tf", &module.variables), ("output", "outputs.tf", &module.outputs)]
    {
        if declarations.is_empty() {
            missing.push(file);
        }
        let strays = declarations.iter().filter(|found| found.source.is_native() && found.source.name != file);
        for declaration in strays {
            let place = declaration.location(declaration.block.header_span());
            let message = format!("{kind} `{}` is not in `{file}`", declaration.name());
            out.report(out.finding(place, message).help(format!("move it to `{file}`")));
        }
    }
    let has = |name: &str| module.configuration().map(|source: &Source| source.name.as_str()).any(|file| file == name);
    for name in missing.into_iter().filter(|name| !has(name)) {
        let finding = out.finding(first.location(Span::at(0)), format!("the module has no `{name}`"));
        out.report(finding.help("add the file, an empty one where there is nothing to declare"));
    }
}
