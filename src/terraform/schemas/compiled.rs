//! The bundled schemas as one text of lines, made of the JSON files beside it by `tests/provider_schemas.rs`. Each
//! attribute and each body stands in it once and is named by its line, so that a type is decoded alone.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::BlockSchema;
use super::decode::{self, Facts, RawAttribute, RawBlock};

static TEXT: &str = include_str!("compiled.jsonl");

/// A line of the text, from 0.
pub(super) type Line = u32;

/// What a provider has, by line.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) provider: &'static str,
    pub(super) version: &'static str,
    pub(super) config: Line,
    #[serde(default = "BTreeMap::new")]
    pub(super) resources: BTreeMap<&'static str, Line>,
    #[serde(default = "BTreeMap::new")]
    pub(super) data: BTreeMap<&'static str, Line>,
    #[serde(default = "BTreeMap::new")]
    pub(super) ephemeral: BTreeMap<&'static str, Line>,
    /// Resources whose plan the provider may change further.
    #[serde(default = "Vec::new")]
    pub(super) plan_modified: Vec<&'static str>,
}

/// The headers, which stand before all else.
pub(super) fn headers() -> impl Iterator<Item = Header> {
    TEXT.lines().map_while(|line| serde_json::from_str(line).ok())
}

/// The body at `line`; nothing only where the text is damaged, which a test rules out.
pub(super) fn block(line: Line, facts: Facts) -> Option<BlockSchema> {
    let raw: RawBlock<Line, Line> = at(line)?;
    decode::block(raw, facts, &at::<RawAttribute>, &|line| block(line, facts))
}

fn at<T: Deserialize<'static>>(line: Line) -> Option<T> {
    let line = line as usize;
    let starts = starts();
    let end = starts.get(line + 1).map_or(TEXT.len(), |next| *next as usize);
    serde_json::from_str(TEXT.get(*starts.get(line)? as usize..end)?).ok()
}

/// Where each line begins.
fn starts() -> &'static [u32] {
    static STARTS: OnceLock<Vec<u32>> = OnceLock::new();
    STARTS.get_or_init(|| {
        let newlines = memchr::memchr_iter(b'\n', TEXT.as_bytes());
        let after = newlines.filter_map(|at| u32::try_from(at + 1).ok()).filter(|at| (*at as usize) < TEXT.len());
        std::iter::once(0).chain(after).collect()
    })
}
