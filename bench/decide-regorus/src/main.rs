//! The decision by regorus, a Rego engine.
//!
//!     cargo run --release -p decide-regorus -- SCALE [--requests N] [--passes N]
//!
//! One rule set over a data document in which every look-up is by key. Measured are the interpreter,
//! the interpreter over a compiled policy, and the bytecode machine, alone and with the input parsed
//! from JSON. Above S only the pairs that the sampled requests touch are loaded: the document of
//! everything would not fit. `in_force` has two disjoint bodies and no `else`, because the bytecode
//! machine of 0.14.1 answers the `else` form wrongly.

mod document;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use workload::measure::{self, Variant, in_turns, sized};
use workload::{SEED, Workload, scale};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

const USAGE: &str = "decide-regorus SCALE [--requests N] [--passes N]";
const RULE: &str = "data.comity.allow";

/// S3.5: two block lists describe the pair; otherwise both halves must let the access pass.
const REGO: &str = r#"package comity
import rego.v1
default allow := false
in_force(owner, other, name) := b if { b := data.tenants[owner].partners[other][name] }
in_force(owner, other, name) := b if { not data.tenants[owner].partners[other][name]; b := data.tenants[owner].defaults[name] }
user_named(half) if half.all
user_named(half) if half.ids[input.user]
user_named(half) if { some g in input.groups; half.ids[g] }
app_named(half) if half.all
app_named(half) if half.ids[input.app]
passes(b) if { b.users.allowed; user_named(b.users); b.apps.allowed; app_named(b.apps) }
passes(b) if { b.users.allowed; user_named(b.users); not b.apps.allowed; not app_named(b.apps) }
passes(b) if { not b.users.allowed; not user_named(b.users); b.apps.allowed; app_named(b.apps) }
passes(b) if { not b.users.allowed; not b.apps.allowed; not user_named(b.users) }
passes(b) if { not b.users.allowed; not b.apps.allowed; not app_named(b.apps) }
allow if { passes(in_force(input.home, input.resource, input.outbound)); passes(in_force(input.resource, input.home, input.inbound)) }
"#;

fn main() {
    let (mut name, mut requests, mut passes) = ("S".to_owned(), 20_000, 5);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect(USAGE);
        match arg.as_str() {
            "--requests" => requests = number(),
            "--passes" => passes = number(),
            scale => name = scale.to_owned(),
        }
    }
    let w = Workload::generate(scale(&name), SEED);
    let sample = w.requests(requests, SEED);
    let expected = w.allowed(&sample, &sample.list);
    let mut configurations = 0;
    let (data, bytes) = sized(|| {
        let (document, loaded) = document::build(&w, (name != "S").then_some(&sample.list));
        configurations = loaded;
        document
    });
    let texts: Vec<String> = sample
        .list
        .iter()
        .map(|q| document::input(q, sample.groups(q)))
        .collect();
    let read = |text: &String| Value::from_json_str(text).expect("JSON");
    let inputs: Vec<Value> = texts.iter().map(read).collect();
    let allowed = |answer: Value| u64::from(answer == Value::from(true));

    let mut engine = Engine::new();
    engine
        .add_policy("comity.rego".into(), REGO.into())
        .expect("the rules");
    engine.add_data(data.clone()).expect("the data");
    let compiled = engine
        .compile_with_entrypoint(&RULE.into())
        .expect("the rules");
    let program = Compiler::compile_from_policy(&compiled, &[RULE]).expect("the program");
    let machine = || {
        let mut machine = RegoVM::new();
        machine.load_program(program.clone());
        machine.set_data(data.clone()).expect("the data");
        machine
    };
    let (mut alone, mut parsing) = (machine(), machine());
    let mut variants = [
        Variant::new("regorus, interpreter", || {
            let answers = inputs.iter().map(|input| {
                engine.set_input(input.clone());
                allowed(engine.eval_rule(RULE.into()).expect("an answer"))
            });
            answers.sum()
        }),
        Variant::new("regorus, compiled policy", || {
            let answers = inputs.iter();
            answers
                .map(|input| allowed(compiled.eval_with_input(input.clone()).expect("an answer")))
                .sum()
        }),
        Variant::new("regorus, bytecode", || {
            let answers = inputs.iter().map(|input| {
                alone.set_input(input.clone());
                allowed(alone.execute().expect("an answer"))
            });
            answers.sum()
        }),
        Variant::new("regorus, bytecode, input parsed", || {
            let answers = texts.iter().map(|text| {
                parsing.set_input(read(text));
                allowed(parsing.execute().expect("an answer"))
            });
            answers.sum()
        }),
    ];
    in_turns(&name, requests, expected, passes, &mut variants);
    measure::memory(&name, "regorus", bytes, configurations.max(1));
}
