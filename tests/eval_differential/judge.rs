//! Generated modules: plans them for sampled inputs, evaluates them abstractly, and compares.

use std::collections::BTreeMap;

use sprag::eval::{Evaluated, ShortCircuit};

use super::concrete::is_member;
use super::generate::{Generator, Variable};
use super::ours::{Context, results, with_module};
use super::theirs::{Called, Results, plan};
use crate::common::e2e::{Sandbox, skip};
use sprag::terraform::Type;

/// A generated module.
pub struct Case {
    variables: Vec<Variable>,
    /// Conditions of validations, with the number of their variable.
    conditions: Vec<(usize, String)>,
    expressions: Vec<String>,
    pub inputs: Vec<BTreeMap<String, String>>,
}

impl Case {
    pub fn generate(seed: u64, expressions: usize, inputs: usize) -> Self {
        let mut generator = Generator::new(seed);
        let count = 3 + generator.random.below(3);
        let variables = generator.variables(count);
        let mut conditions = Vec::new();
        for (number, variable) in variables.iter().enumerate() {
            for _ in 0..generator.random.below(3) {
                let depth = generator.random.below(3);
                conditions.push((number, generator.condition(&format!("var.{}", variable.name), &variable.ty, depth)));
            }
        }
        let mut written = Vec::new();
        while written.len() < expressions {
            let depth = 1 + generator.random.below(3);
            // Questions are what is decided in the end.
            let is_question = generator.random.once_in(3);
            let text =
                if is_question { generator.expression(&Type::Bool, depth) } else { generator.any_expression(depth) };
            if text.len() < 500 {
                written.push(text);
            }
        }
        let inputs = (0..inputs).map(|_| generator.input(&variables)).collect();
        Self { variables, conditions, expressions: written, inputs }
    }

    /// Arguments of all kinds for further calls.
    pub fn wild_inputs(&self, seed: u64, count: usize) -> Vec<BTreeMap<String, String>> {
        let mut generator = Generator::new(seed);
        generator.is_wild = true;
        (0..count).map(|_| generator.input(&self.variables)).collect()
    }

    /// Keeps some of the expressions.
    pub fn retain(&mut self, keeps: impl FnMut(&String) -> bool) {
        self.expressions.retain(keeps);
    }

    pub fn text(&self, with_validations: bool) -> String {
        let mut text = String::new();
        for (number, variable) in self.variables.iter().enumerate() {
            let own = self.conditions.iter().filter(|(of, _)| *of == number && with_validations);
            text.push_str(&variable.text(&own.map(|(_, text)| text.clone()).collect::<Vec<_>>()));
        }
        text.push_str("output \"all\" {\n  value = {\n");
        let mut add = |name: String, expression: &str| {
            text.push_str(&format!("    {name} = try({{ v = {expression} }}, \"failure\")\n"));
        };
        for variable in &self.variables {
            add(variable.name.clone(), &format!("var.{}", variable.name));
        }
        for (number, (_, condition)) in self.conditions.iter().enumerate() {
            add(format!("c{number}"), condition);
        }
        for (number, expression) in self.expressions.iter().enumerate() {
            add(format!("e{number}"), expression);
        }
        text + "  }\n}\n"
    }

    pub fn expression(&self, name: &str) -> String {
        let number = name[1..].parse::<usize>().unwrap();
        match &name[..1] {
            "c" => self.conditions[number].1.clone(),
            "e" => self.expressions[number].clone(),
            _ => format!("var.{name}"),
        }
    }

    /// Whether the validations let a call pass that gave `results`.
    fn accepts(&self, results: &Results) -> bool {
        (0..self.conditions.len()).all(|number| {
            results[&format!("c{number}")]
                .as_ref()
                .is_some_and(|value| value.as_bool() == Some(true) || is_true_text(value))
        })
    }
}

fn is_true_text(value: &sprag::eval::Value) -> bool {
    value.as_string().is_some_and(|text| matches!(&**text, "true" | "1"))
}

/// What was compared.
#[derive(Debug, Default)]
pub struct Tally {
    pub compared: usize,
    pub failing: usize,
    pub rejected: usize,
    pub unknown: usize,
    pub exact_inputs: usize,
    pub exact_results: usize,
    wrong: Vec<String>,
    vague: Vec<String>,
}

impl Tally {
    /// Compares the results of one call with what was evaluated for a set of calls.
    fn compare(
        &mut self,
        case: &Case,
        mode: &str,
        call: usize,
        ours: &BTreeMap<String, (Evaluated, bool)>,
        theirs: &Results,
    ) {
        for (name, theirs) in theirs {
            let (value, may_fail) = &ours[name];
            self.compared += 1;
            let wrong = match (value, theirs) {
                (Err(_), None) => None,
                (Err(failure), Some(_)) => Some(format!("said to fail: {}", failure.message)),
                (Ok(_), None) if !may_fail => Some("said not to fail".to_owned()),
                (Ok(_), None) => {
                    self.failing += 1;
                    None
                }
                (Ok(value), Some(concrete)) => (!is_member(value, concrete)).then(|| format!("not in {value:?}")),
            };
            if let Some(wrong) = wrong {
                let blocks: String = case.variables.iter().map(|one| one.text(&[])).collect();
                let conditions: Vec<String> =
                    case.conditions.iter().map(|(of, text)| format!("v{of}: {text}")).collect();
                self.wrong.push(format!(
                    "{}\n  {mode} {:?}\n  theirs {theirs:?}\n  ours {wrong}\n  conditions {conditions:?}\n{blocks}",
                    case.expression(name),
                    case.inputs[call]
                ));
            }
        }
    }

    fn finish(&mut self) {
        // The shortest for each expression, the shortest first.
        self.wrong.sort_by_key(String::len);
        let mut seen = std::collections::BTreeSet::new();
        let firsts = self.wrong.iter().filter(|text| seen.insert(text.lines().next()));
        let shown: Vec<&str> = firsts.map(String::as_str).take(environment("SPRAG_EVAL_SHOWN", 12)).collect();
        let shown = shown.join("\n\n");
        assert!(self.wrong.is_empty(), "{} of {} are wrong:\n{shown}", self.wrong.len(), self.compared);
    }
}

fn environment(name: &str, unset: usize) -> usize {
    std::env::var(name).ok().map_or(unset, |text| text.parse().unwrap())
}

/// Results are compared with five sets that hold them: all calls, all calls that pass the validations, calls with half
/// of the arguments, and the call alone.
fn judge(case: &Case, called: &[Results], tally: &mut Tally, random: &mut super::random::Random) {
    let (plain, validated) = (case.text(false), case.text(true));
    for short_circuit in [ShortCircuit::No, ShortCircuit::Unknown] {
        let anybody = with_module(&plain, short_circuit, &Context::Anybody, results);
        let accepted = with_module(&validated, short_circuit, &Context::Anybody, results);
        for (call, theirs) in called.iter().enumerate().filter(|(_, theirs)| !theirs.is_empty()) {
            tally.compare(case, "anybody", call, &anybody, theirs);
            if case.accepts(theirs) {
                tally.compare(case, "accepted", call, &accepted, theirs);
            } else {
                tally.rejected += 1;
            }
        }
    }
    for (call, theirs) in called.iter().enumerate().filter(|(_, theirs)| !theirs.is_empty()) {
        let input: BTreeMap<&str, &str> =
            case.inputs[call].iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let given = input.iter().filter(|_| random.once_in(2)).map(|(name, text)| (*name, *text)).collect();
        let text = if case.accepts(theirs) { &validated } else { &plain };
        let some = with_module(text, ShortCircuit::No, &Context::Given(given), results);
        tally.compare(case, "some given", call, &some, theirs);
        let all = with_module(text, ShortCircuit::No, &Context::Call(input), results);
        tally.compare(case, "all given", call, &all, theirs);
        for (name, (value, may_fail)) in &all {
            let expression = case.expression(name);
            tally.exact_inputs += 1;
            if value.as_ref().map_or(true, |value| value.is_wholly_known() && !may_fail) {
                tally.exact_results += 1;
            } else {
                tally.vague.push(expression);
            }
        }
    }
}

#[test]
fn results_are_members() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let wanted = environment("SPRAG_EVAL_CASES", 60_000);
    let mut seed = environment("SPRAG_EVAL_SEED", 1) as u64;
    let mut tally = Tally::default();
    let mut random = super::random::Random::new(seed);
    while tally.compared < wanted {
        let cases: Vec<Case> = (0..10).map(|at| Case::generate(seed + at, 24, 8)).collect();
        seed += 10;
        let modules: Vec<Called> =
            cases.iter().map(|case| Called { text: case.text(false), inputs: case.inputs.clone() }).collect();
        for (case, called) in cases.iter().zip(plan(&sandbox, &modules)) {
            tally.unknown += called.iter().filter(|results| results.is_empty()).count();
            judge(case, &called, &mut tally, &mut random);
        }
    }
    println!(
        "compared {}, of which terraform failed {}; {} calls were rejected by validations, {} not known; known arguments gave {} of {} exactly",
        tally.compared, tally.failing, tally.rejected, tally.unknown, tally.exact_results, tally.exact_inputs
    );
    tally.vague.sort_by_key(String::len);
    tally.vague.dedup();
    println!("{}", tally.vague[..tally.vague.len().min(environment("SPRAG_EVAL_VAGUE", 0))].join("\n"));
    assert!(tally.failing > tally.compared / 100 && tally.rejected > 0);
    tally.finish();
}
