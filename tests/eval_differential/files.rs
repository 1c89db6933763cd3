//! Functions that read files, in a module and in the root, beside the real terraform.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sprag::eval::module::{Inputs, Instance, Node, Program};
use sprag::eval::{Evaluated, ShortCircuit, Sources, Unreadable};
use sprag::terraform::Module;

use super::concrete::is_member;
use super::ours::{parse, results};
use super::theirs::{Results, run};
use crate::common::e2e::{Sandbox, skip};

/// Files and what is in them.
const FILES: &[(&str, &[u8])] = &[
    ("plain.txt", b"some text\n"),
    ("empty.txt", b""),
    ("lines.txt", b"one\r\ntwo\r\n"),
    ("accent.txt", "e\u{301}".as_bytes()),
    ("mark.txt", b"\xef\xbb\xbftext"),
    ("binary.bin", b"\x00\xff\xfe\x80"),
    ("sub/inner.txt", b"inner"),
    ("hello.tftpl", b"hello ${name}%{ for tag in tags }, ${upper(tag)}%{ endfor }\n"),
    ("only.tftpl", b"${name}"),
    ("list.tftpl", b"${tags}"),
    ("stripped.tftpl", b"%{ if name == \"a\" ~}\n  yes\n%{ else ~}\n  no\n%{ endif ~}\nend"),
    ("escaped.tftpl", b"$${name} %%{ if } \"quoted\" \\n"),
    ("broken.tftpl", b"${name"),
    ("recursive.tftpl", b"${templatefile(\"hello.tftpl\", {})}"),
];

/// Calls; `P` stands for `path.module` and so for the directory of the files.
const CALLS: &[&str] = &[
    "file(\"P/plain.txt\")",
    "file(\"P/empty.txt\")",
    "file(\"P/lines.txt\")",
    "file(\"P/accent.txt\")",
    "length(file(\"P/accent.txt\"))",
    "file(\"P/mark.txt\")",
    "file(\"P/binary.bin\")",
    "file(\"P/sub/inner.txt\")",
    "file(\"P/sub/../plain.txt\")",
    "file(\"P/./plain.txt\")",
    "file(\"P/sub\")",
    "file(\"P/missing.txt\")",
    "file(\"P-missing/plain.txt\")",
    "trimspace(file(\"P/plain.txt\")) == \"some text\"",
    "file(join(\"/\", [path.module, \"plain.txt\"]))",
    "file(format(\"%s/%s\", path.module, \"plain.txt\"))",
    "file(\"P/${false ? \"a\" : \"plain\"}.txt\")",
    "try(file(\"P/missing.txt\"), \"none\")",
    "filebase64(\"P/plain.txt\")",
    "filebase64(\"P/binary.bin\")",
    "filebase64(\"P/missing.txt\")",
    "filemd5(\"P/binary.bin\")",
    "filemd5(\"P/accent.txt\")",
    "filesha1(\"P/plain.txt\")",
    "filesha256(\"P/plain.txt\")",
    "filesha512(\"P/plain.txt\")",
    "filebase64sha256(\"P/binary.bin\")",
    "filebase64sha512(\"P/empty.txt\")",
    "filesha256(\"P/missing.txt\")",
    "fileexists(\"P/plain.txt\")",
    "fileexists(\"P/missing.txt\")",
    "fileexists(\"P/sub\")",
    "fileset(path.module, \"*.txt\")",
    "fileset(path.module, \"**/*.txt\")",
    "fileset(\"P/sub\", \"*\")",
    "fileset(path.module, \"missing/*\")",
    "templatefile(\"P/hello.tftpl\", { name = \"a\", tags = [\"x\", \"y\"] })",
    "templatefile(\"P/hello.tftpl\", { name = \"a\", tags = [] })",
    "templatefile(\"P/hello.tftpl\", { name = \"a\" })",
    "templatefile(\"P/hello.tftpl\", { name = 1, tags = toset([\"b\", \"a\"]), more = true })",
    "templatefile(\"P/only.tftpl\", { name = \"a\" })",
    "templatefile(\"P/only.tftpl\", { name = 1 })",
    "templatefile(\"P/only.tftpl\", { name = [1] })",
    "templatefile(\"P/only.tftpl\", { name = null })",
    "templatefile(\"P/list.tftpl\", { tags = [\"a\"] })",
    "templatefile(\"P/stripped.tftpl\", { name = \"a\" })",
    "templatefile(\"P/stripped.tftpl\", { name = \"b\" })",
    "templatefile(\"P/escaped.tftpl\", {})",
    "templatefile(\"P/broken.tftpl\", { name = \"a\" })",
    "templatefile(\"P/recursive.tftpl\", {})",
    "templatefile(\"P/missing.tftpl\", {})",
    "templatefile(\"P/lines.txt\", {})",
    "templatefile(\"P/binary.bin\", {})",
    "templatefile(\"P/plain.txt\", [])",
    "templatefile(\"P/plain.txt\", { \"a-b\" = 1, \"1\" = 2 })",
    "basename(\"P/sub/inner.txt\")",
    "dirname(\"P/sub/inner.txt\")",
];

/// What need not be decided: it depends on files that are not there or on where terraform runs, or is a mistake of which
/// no more is said than that it may fail. All other calls are.
const OPEN: &[&str] = &[
    "missing",
    "fileset",
    "dirname",
    "sub\")",
    "lines.txt\", {})",
    "binary.bin\", {})",
    "broken.tftpl",
    "recursive.tftpl",
    "\", [])",
];

/// The files of a module.
struct Beside {
    directory: PathBuf,
    is_root: bool,
}

impl Beside {
    fn read_at(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        let path = self.directory.join(path);
        std::fs::read(&path).map(Arc::from).map_err(|_| Unreadable::Missing)
    }
}

impl Sources for Beside {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        if self.is_root { self.read_at(path) } else { Err(Unreadable::Unknown) }
    }

    fn read_in_module(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        self.read_at(path)
    }
}

fn outputs(calls: &[String]) -> String {
    let mut text = "output \"all\" {\n  value = {\n".to_owned();
    for (number, call) in calls.iter().enumerate() {
        text.push_str(&format!("    e{number} = try({{ v = {call} }}, \"failure\")\n"));
    }
    text + "  }\n}\n"
}

fn write(directory: &Path, text: &str) {
    for (name, content) in FILES {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    std::fs::write(directory.join("main.tf"), text).unwrap();
}

fn evaluate(text: &str, files: &Beside) -> BTreeMap<String, (Evaluated, bool)> {
    let sources = parse(text);
    let module = Module::new(".", &sources);
    let nodes = [Node {
        module: &module,
        path: ".",
        sources: files,
        calls: HashMap::new(),
        short_circuit: ShortCircuit::No,
        is_root: files.is_root,
    }];
    let program = Program::new(&nodes);
    results(&Instance::new(&program, 0, Inputs::Anybody))
}

fn compare(calls: &[String], ours: &BTreeMap<String, (Evaluated, bool)>, theirs: &Results) {
    let mut wrong = Vec::new();
    for (number, call) in calls.iter().enumerate() {
        let name = format!("e{number}");
        let (ours, may_fail) = &ours[&name];
        let is_decided = ours.as_ref().map_or(true, |value| value.is_wholly_known() && !may_fail);
        let is_right = match (ours, &theirs[&name]) {
            (Ok(ours), Some(theirs)) => is_member(ours, theirs),
            (ours, None) => ours.is_err() || *may_fail,
            _ => false,
        };
        if !is_right || !is_decided && !OPEN.iter().any(|part| call.contains(part)) {
            wrong.push(format!("{call}\n  theirs {:?}\n  ours {ours:?}, may fail: {may_fail}", theirs[&name]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_read_as_in_terraform() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let directory = sandbox.path("files");
    let of_module: Vec<String> = CALLS.iter().map(|call| call.replace("P", "${path.module}")).collect();
    // In the root a path may be relative to where terraform runs, or say so.
    let relative = CALLS.iter().filter(|call| call.contains("\"P/")).map(|call| call.replace("P/", ""));
    let of_root: Vec<String> = relative.chain(CALLS.iter().map(|call| call.replace("P", "${path.root}"))).collect();
    let (child, root) = (outputs(&of_module), outputs(&of_root));
    write(&directory.join("child"), &child);
    write(&directory, &format!("{root}module \"child\" {{\n  source = \"./child\"\n}}\n"));
    let called = "output \"child\" {\n  value = module.child.all\n}\n";
    std::fs::write(directory.join("child.tf"), called).unwrap();
    let theirs = run(&sandbox, &directory, &["child", "all"]).unwrap();
    let files = |directory: PathBuf, is_root| Beside { directory, is_root };
    compare(&of_module, &evaluate(&child, &files(directory.join("child"), false)), &theirs[0]);
    compare(&of_root, &evaluate(&root, &files(directory, true)), &theirs[1]);
}
