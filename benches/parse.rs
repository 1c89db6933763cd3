//! Throughput of the parsers and of what is built on them, on one core: `cargo bench --bench parse`.

#![allow(missing_docs, unreachable_pub, reason = "criterion's macros make undocumented items")]

#[allow(dead_code, reason = "each bench uses what it needs")]
mod trees;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sprag::diagnostic::FileId;
use sprag::linter::RuleUnit;
use sprag::prometheus::catalogue::Catalogues;
use sprag::prometheus::deployment::Deployment;
use sprag::prometheus::infer::{Around, infer};
use sprag::prometheus::scrape::ScrapeModel;
use sprag::prometheus::world::World;
use sprag::prometheus::{self, Content, RuleFile};
use sprag::syntax::{hcl, promql, yaml};
use sprag::terraform::{Module, Role, Source};
use trees::Tree;

/// How much of the large tree is parsed: enough to be larger than the caches.
const CONFIGURATION_BYTES: usize = 8 << 20;

fn texts(tree: &Tree, suffix: &str, limit: usize) -> Vec<Vec<u8>> {
    let mut left = limit;
    let files = tree.files.iter().filter(|(path, _)| path.ends_with(suffix));
    let texts = files.map(|(_, text)| text.clone().into_bytes());
    let fits = |text: &Vec<u8>| {
        let taken = left > 0;
        left = left.saturating_sub(text.len());
        taken
    };
    texts.take_while(fits).collect()
}

fn size(texts: &[Vec<u8>]) -> Throughput {
    Throughput::BytesDecimal(texts.iter().map(|text| text.len() as u64).sum())
}

/// HCL: the tree alone, and with what a module knows of its files.
fn configuration(criterion: &mut Criterion) {
    let texts = texts(&Tree::modules(), ".tf", CONFIGURATION_BYTES);
    let mut group = criterion.benchmark_group("hcl");
    group.throughput(size(&texts));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(hcl::parse(text)))));
    });
    group.bench_function("module", |bencher| {
        bencher.iter(|| {
            for files in texts.chunks(10) {
                let source =
                    |text: &Vec<u8>| Source::parse(FileId(0), String::new(), Role::Configuration, text.clone());
                let sources: Vec<Source> = files.iter().map(source).collect();
                black_box(Module::new(".", &sources));
            }
        });
    });
    group.finish();
}

/// Rule files: the YAML tree, the rules, and their expressions and templates.
fn rules(criterion: &mut Criterion) {
    let texts = texts(&Tree::rules(), ".yml", usize::MAX);
    let mut group = criterion.benchmark_group("rules");
    group.throughput(size(&texts));
    group.bench_function("yaml", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(yaml::parse(text)))));
    });
    group.bench_function("model", |bencher| {
        bencher.iter(|| texts.iter().for_each(|text| drop(black_box(prometheus::read(text)))));
    });
    group.bench_function("unit", |bencher| {
        bencher.iter(|| {
            for rules in texts.iter().filter_map(|text| read(text)) {
                black_box(RuleUnit::new(FileId(0), rules).syntax_errors());
            }
        });
    });
    group.finish();
}

fn read(text: &[u8]) -> Option<RuleFile> {
    match prometheus::read(text) {
        Content::Rules(rules) => Some(rules),
        Content::Other | Content::Template(_) => None,
    }
}

/// PromQL: every expression of the rule files.
fn expressions(criterion: &mut Criterion) {
    let texts = texts(&Tree::rules(), ".yml", usize::MAX);
    let files: Vec<RuleFile> = texts.iter().filter_map(|text| read(text)).collect();
    let rules = files.iter().flat_map(RuleFile::rules);
    let expressions: Vec<&str> = rules.filter_map(|(_, rule)| Some(rule.expr.as_ref()?.value.as_str())).collect();
    let options = promql::Options::default();
    let mut group = criterion.benchmark_group("promql");
    group.throughput(Throughput::Elements(expressions.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| expressions.iter().for_each(|text| drop(black_box(promql::parse(text, &options)))));
    });
    let catalogues = Catalogues::bundled();
    let scrape = ScrapeModel::default();
    let world = World::new(catalogues, Deployment::default(), Vec::new(), &scrape);
    let parsed: Vec<promql::Parsed> = expressions.iter().map(|text| promql::parse(text, &options)).collect();
    group.bench_function("infer", |bencher| {
        let around = Around::new(&world, &|_| None);
        bencher.iter(|| parsed.iter().for_each(|parsed| drop(black_box(infer(parsed, &around)))));
    });
    // Beside ours: a tree without places.
    group.bench_function("promql-parser", |bencher| {
        bencher.iter(|| expressions.iter().for_each(|text| drop(black_box(promql_parser::parser::parse(text)))));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(4));
    targets = configuration, rules, expressions
}
criterion_main!(benches);
