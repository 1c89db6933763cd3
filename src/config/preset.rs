//! Bundled configurations that a user can name, print, copy and change.

use super::text::{Mistake, Text};
use super::value::{Context, Setting};
use crate::diagnostic::Location;
use crate::syntax::hcl::BodyView;

/// A bundled configuration.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// What `preset` calls it.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All presets.
pub const PRESETS: [Preset; 1] = [Preset { name: "homelab", text: include_str!("presets/homelab.sprag.hcl") }];

impl Text for &'static Preset {
    const EXPECTED: &'static str = "the name of a preset";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        static ALL: [Preset; 1] = PRESETS;
        let names: Vec<&str> = ALL.iter().map(|preset| preset.name).collect();
        ALL.iter().find(|preset| preset.name == text).ok_or_else(|| Mistake::unknown("preset", text, &names))
    }
}

/// The preset that a configuration names, and where it does.
pub(super) fn read(root: BodyView<'_>, context: &Context<'_>) -> Option<(Location, &'static Preset)> {
    let value = root.value("preset")?;
    let preset = <&'static Preset>::read(value, context)?;
    Some((context.location(value.span()), preset))
}
