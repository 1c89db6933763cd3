//! One parsed file of a module.

use super::json::{JsonKind, OffsetMap, merged, transliterate};
use crate::diagnostic::{FileId, Location};
use crate::source::{Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::hcl::{self, Document, Tree};

/// What a file is to its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Declares things.
    Configuration,
    /// `override.tf` and `*_override.tf`: changes what other files declare.
    Override,
    /// A `.tf` file beside a `.tofu` file of the same base name: read for its syntax only.
    Shadowed,
    /// Values of variables.
    Variables,
    /// Tests.
    Test,
    /// What `terraform query` looks for: it uses what other files declare.
    Query,
}

impl Role {
    /// Whether it declares or overrides things.
    #[must_use]
    pub const fn is_configuration(self) -> bool {
        matches!(self, Self::Configuration | Self::Override)
    }
}

/// A file with its text and tree.
pub struct Source {
    /// The file.
    pub file: FileId,
    /// Its name in the module's directory.
    pub name: String,
    /// What it is to the module.
    pub role: Role,
    /// Its text in native syntax: for a JSON file not what is on disk.
    pub text: Text,
    /// Its tree.
    pub tree: Tree,
    /// What is wrong with it, in places of the file.
    pub errors: Vec<SyntaxError>,
    /// The bracket of a JSON file that is an array, and what to write instead of it where that is known.
    pub array: Option<(Span, Option<(Span, String)>)>,
    /// From places in `text` to places in the file, where they differ.
    map: Option<OffsetMap>,
}

impl Source {
    /// Parses `text`.
    #[must_use]
    pub fn parse(file: FileId, name: String, role: Role, text: Vec<u8>) -> Self {
        let mut tree = hcl::parse(&text);
        let errors = std::mem::take(&mut tree.errors);
        Self { file, name, role, text: text.into(), tree, errors, array: None, map: None }
    }

    /// Parses the JSON file `json` by way of native syntax.
    #[must_use]
    pub fn parse_json(file: FileId, name: String, role: Role, json: &[u8]) -> Self {
        let kind = match role {
            Role::Variables => JsonKind::Variables,
            Role::Test => JsonKind::Test,
            Role::Configuration | Role::Override | Role::Shadowed | Role::Query => JsonKind::Module,
        };
        let native = transliterate(json, kind);
        let tree = hcl::parse(&native.text);
        let errors = native.all_errors(&tree);
        let first = json.iter().position(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
        let bracket = first.filter(|at| json[*at] == b'[').and_then(|at| u32::try_from(at).ok());
        let array = bracket.map(|at| (Span::new(at, at + 1), merged(json)));
        Self { file, name, role, text: native.text.into(), tree, errors, array, map: Some(native.map) }
    }

    /// Whether something did not parse, so that what seems to be missing may be there.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether it is written in native syntax, so that places in its text are places in the file.
    #[must_use]
    pub const fn is_native(&self) -> bool {
        self.map.is_none()
    }

    /// The tree together with its text.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        Document::of(&self.tree, self.text.view())
    }

    /// A place in this file.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        Location::new(self.file, self.map.as_ref().map_or(span, |map| map.to_file(span)))
    }
}
