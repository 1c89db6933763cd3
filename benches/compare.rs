//! The whole program on three generated repositories, beside `terraform fmt -check -recursive` and `promtool check
//! rules` on the same files, and beside a program that only walks the tree and reads the files: nothing can be faster.
//! `cargo bench --bench compare [-- NAME]...`. Warm file cache, medians of several runs. Prints figures and ratios and
//! judges none of them. A tool that is not installed is left out.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a table on the terminal is what this is for")]

#[allow(dead_code, reason = "each bench uses what it needs")]
mod trees;

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use trees::Tree;

/// What a run took.
#[derive(Clone, Copy)]
struct Cost {
    /// Median time from start to end, in milliseconds.
    wall: f64,
    /// Mean time of all cores, user and system, in milliseconds.
    cpu: f64,
    /// Peak resident memory in MiB.
    memory: f64,
}

/// The argument that makes this program walk and read, and no more.
const READ_ONLY: &str = "--read-only";

fn main() -> io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some(READ_ONLY) {
        return read_all(Path::new("."));
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let sprag = env!("CARGO_BIN_EXE_sprag");
    println!(
        "{:10} {:34} {:>5} {:>10} {:>10} {:>8} {:>8}",
        "tree", "command", "runs", "wall ms", "cpu ms", "MiB", "ratio"
    );
    if is_wanted("start") {
        row("start", &[sprag, "lints"], Path::new("."), 21, None);
    }
    for tree in [Tree::homelab(), Tree::rules(), Tree::modules()].iter().filter(|tree| is_wanted(tree.name)) {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(tree.name);
        if root.exists() {
            std::fs::remove_dir_all(&root)?;
        }
        tree.write(&root)?;
        compare(sprag, tree, &root);
    }
    Ok(())
}

fn compare(sprag: &str, tree: &Tree, root: &Path) {
    let is_large = tree.files.len() > 1000;
    let own = row(tree.name, &[sprag, "lint"], root, if is_large { 9 } else { 21 }, None);
    if let Some((changed, _)) = tree.files.iter().find(|(path, _)| path.ends_with("main.tf")) {
        let run = if is_large { 9 } else { 21 };
        // What a hook does, and what parsing alone takes.
        row(tree.name, &[sprag, "lint", "--affected", changed], root, run, own);
        row(tree.name, &[sprag, "lint", "--select", "terraform/syntax"], root, run, own);
    }
    if let Some(this) = std::env::current_exe().ok().as_ref().and_then(|this| this.to_str()) {
        row(tree.name, &[this, READ_ONLY], root, if is_large { 9 } else { 21 }, own);
    }
    let runs = if is_large { 1 } else { 5 };
    if tree.size(".tf") > 0 {
        row(tree.name, &["terraform", "fmt", "-check", "-recursive"], root, runs, own);
    }
    let rules: Vec<&str> =
        tree.files.iter().map(|(path, _)| path.as_str()).filter(|path| path.ends_with(".yml")).collect();
    if !rules.is_empty() {
        row(tree.name, &[&["promtool", "check", "rules"], rules.as_slice()].concat(), root, runs, own);
    }
}

/// Runs `command` in `root` and prints the medians; `own` is what they are compared to.
fn row(tree: &str, command: &[&str], root: &Path, runs: usize, own: Option<Cost>) -> Option<Cost> {
    let shown: Vec<&str> = command.iter().take(4).map(|part| part.rsplit('/').next().unwrap_or(part)).collect();
    let shown = if command[0] == "promtool" { "promtool check rules".to_owned() } else { shown.join(" ") };
    // The first run warms the file cache and tells the peak memory.
    let timed = run(Command::new("/usr/bin/time").args(["-f", "sprag-bench %M"]).args(command), root);
    let before = children_cpu();
    let walls: Vec<f64> = (0..runs).filter_map(|_| wall(command, root)).collect();
    if walls.is_empty() {
        println!("{tree:10} {shown:34} not installed");
        return None;
    }
    let figure = |report: String| report.lines().rev().find_map(|line| line.strip_prefix("sprag-bench ")?.parse().ok());
    let memory: f64 = timed.and_then(figure).unwrap_or(f64::NAN);
    let cpu = (children_cpu() - before) / walls.len() as f64;
    let cost = Cost { wall: median(walls), cpu, memory: memory / 1024.0 };
    let ratio = own.map_or(1.0, |own| cost.wall / own.wall);
    println!("{tree:10} {shown:34} {runs:5} {:10.1} {:10.1} {:8.1} {ratio:8.1}", cost.wall, cost.cpu, cost.memory);
    Some(cost)
}

/// Walks `root` on two threads and reads every file into a buffer that is used again.
fn read_all(root: &Path) -> io::Result<()> {
    ignore::WalkBuilder::new(root).hidden(false).threads(2).build_parallel().run(|| {
        let mut text = Vec::new();
        Box::new(move |entry| {
            let entry = entry.ok().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
            if let Some(mut file) = entry.and_then(|entry| std::fs::File::open(entry.path()).ok()) {
                text.clear();
                let _ = file.read_to_end(&mut text);
                std::hint::black_box(&text);
            }
            ignore::WalkState::Continue
        })
    });
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The time of one run in milliseconds; nothing where there is no such program.
fn wall(command: &[&str], root: &Path) -> Option<f64> {
    let start = Instant::now();
    run(Command::new(command[0]).args(&command[1..]), root)?;
    Some(start.elapsed().as_secs_f64() * 1e3)
}

/// User and system time of all children so far, in milliseconds, where Linux tells: `cutime` and `cstime` of proc(5), in
/// hundredths of a second.
fn children_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after_name.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    fields.get(13..15).map_or(f64::NAN, |times| times.iter().sum::<f64>() * 10.0)
}

/// Runs it to its end and gives what it wrote to standard error; nothing where there is no such program.
fn run(command: &mut Command, root: &Path) -> Option<String> {
    let output = command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}
