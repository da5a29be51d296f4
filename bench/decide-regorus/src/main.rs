//! The decision by regorus, an interpreter of Rego.
//!
//!     cargo run --release -p decide-regorus -- SCALE [--requests N] [--passes N]
//!
//! The data document is indexed, so that every look-up takes constant time: ids are keys of objects.
//! There is one compiled set of rules. Above S only what the sampled requests touch is loaded; the
//! document of everything would not fit.
//!
//! `eff` has two bodies that exclude each other, not an `else`: the bytecode machine of 0.14.1
//! answers wrongly for the `else` form, while the interpreter answers both forms alike.

mod document;

use document::Document;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use workload::measure::{self, Sample, Variant, in_turns, sized};
use workload::{
    BLOCK_NAMES, Request, Requests, SEED, Workload, app_guid, group_guid, guid_text, sides,
    tenant_guid, user_guid,
};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

/// The truth table of S3.5. Two block lists describe the pair.
const RULES: &str = r#"package comity
import rego.v1
default allow := false
eff(owner, other, name) := b if { b := data.tenants[owner].partners[other][name] }
eff(owner, other, name) := b if { not data.tenants[owner].partners[other][name]; b := data.tenants[owner].defaults[name] }
ug_match(p) if p.all
ug_match(p) if p.ids[input.user]
ug_match(p) if { some g in input.groups; p.ids[g] }
app_match(p) if p.all
app_match(p) if p.ids[input.app]
ug_ok(p) if { p.allowed; ug_match(p) }
ug_ok(p) if { not p.allowed; not ug_match(p) }
app_ok(p) if { p.allowed; app_match(p) }
app_ok(p) if { not p.allowed; not app_match(p) }
ok(b) if { not b.pair; app_ok(b.app); ug_ok(b.ug) }
ok(b) if { b.pair; not app_match(b.app) }
ok(b) if { b.pair; app_match(b.app); not ug_match(b.ug) }
allow if { ok(eff(input.home, input.resource, input.outName)); ok(eff(input.resource, input.home, input.inName)) }
"#;

const ALLOW: &str = "data.comity.allow";

fn main() {
    let sample = Sample::from_args("decide-regorus", 20_000, 5);
    let w = Workload::generate(sample.scale, SEED);
    let requests = w.requests(sample.requests, SEED);
    let expected = w.allowed(&requests, &requests.list);
    let scale = sample.scale.name;
    println!(
        "regorus 0.14.1, {scale}: {expected} of {} allowed",
        sample.requests
    );
    let (document, bytes) = sized(|| Document::new(&w, &requests));
    measure::memory(scale, "regorus", bytes, document.configs);

    let texts: Vec<String> = requests
        .list
        .iter()
        .map(|q| input_text(&requests, q))
        .collect();
    let parse = |text: &String| Value::from_json_str(text).expect("legal JSON");
    let inputs: Vec<Value> = texts.iter().map(parse).collect();
    let yes = Value::from(true);

    let mut engine = Engine::new();
    engine
        .add_policy("comity.rego".into(), RULES.into())
        .expect("legal rules");
    engine.add_data(document.value.clone()).expect("legal data");
    let entry = ALLOW.into();
    let compiled = engine.compile_with_entrypoint(&entry).expect("legal rules");
    let program = Compiler::compile_from_policy(&compiled, &[ALLOW]).expect("legal rules");
    let mut machine = RegoVM::new();
    machine.load_program(program.clone());
    machine
        .set_data(document.value.clone())
        .expect("legal data");
    let mut machine_from_text = RegoVM::new();
    machine_from_text.load_program(program);
    machine_from_text
        .set_data(document.value)
        .expect("legal data");

    let run = |machine: &mut RegoVM, input: Value| {
        machine.set_input(input);
        (machine.execute().expect("an answer") == yes) as u64
    };
    in_turns(
        scale,
        sample.requests,
        expected,
        sample.passes,
        &mut [
            Variant::new("regorus, interpreter", || {
                let answers = inputs.iter().map(|input| {
                    let answer = compiled.eval_with_input(input.clone());
                    (answer.expect("an answer") == yes) as u64
                });
                answers.sum()
            }),
            Variant::new("regorus, bytecode", || {
                inputs
                    .iter()
                    .map(|input| run(&mut machine, input.clone()))
                    .sum()
            }),
            Variant::new("regorus, bytecode, whole call from JSON", || {
                texts
                    .iter()
                    .map(|text| run(&mut machine_from_text, parse(text)))
                    .sum()
            }),
        ],
    );
}

fn input_text(requests: &Requests, q: &Request) -> String {
    let (outbound, inbound) = sides(q.direct_connect);
    let groups = requests.groups(q).iter();
    let groups: Vec<String> = groups
        .map(|&g| format!("\"{}\"", guid_text(&group_guid(q.home, g))))
        .collect();
    format!(
        "{{\"home\":\"{}\",\"resource\":\"{}\",\"user\":\"{}\",\"app\":\"{}\",\"outName\":\"{}\",\"inName\":\"{}\",\"groups\":[{}]}}",
        guid_text(&tenant_guid(q.home)),
        guid_text(&tenant_guid(q.resource)),
        guid_text(&user_guid(q.home, q.user)),
        guid_text(&app_guid(q.resource, q.app)),
        BLOCK_NAMES[outbound],
        BLOCK_NAMES[inbound],
        groups.join(","),
    )
}
