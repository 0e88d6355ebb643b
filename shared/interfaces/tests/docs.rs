//! The method tables in docs/actors are generated from the interfaces, so they can't disagree with the code.
//! `PEGGY_BLESS=1 cargo test -p peggy_interfaces` rewrites them.

use std::fmt::Write;
use std::path::PathBuf;

use peggy_interfaces::{bundle, frc46, frc53, Caller, MethodInfo};

const BEGIN: &str = "<!-- methods: generated from shared/interfaces -->";
const END: &str = "<!-- end of methods -->";

fn who(caller: Caller) -> &'static str {
    match caller {
        Caller::Anyone => "anyone",
        Caller::Deployer => "deployer",
        Caller::Operator => "operator",
        Caller::Governance => "governance",
        Caller::OwnerProxy => "owner-proxy",
        Caller::Guardian => "guardian",
        Caller::OperatorOrGovernance => "operator, governance",
    }
}

fn shape(name: &str) -> String {
    match name {
        "()" => "none".to_owned(),
        _ => format!("`{}`", name.replace(' ', "")),
    }
}

fn table(methods: &[MethodInfo]) -> String {
    let mut out = String::from("| method | number | caller | params | returns | effect |\n|---|---|---|---|---|---|\n");
    for m in methods {
        let kind = match (m.read, m.payable) {
            (true, _) => " (read)",
            (false, true) => " + FIL",
            (false, false) => "",
        };
        let effect: Vec<_> = m.doc.lines().map(str::trim).collect();
        writeln!(
            out,
            "| {} | {} | {}{kind} | {} | {} | {} |",
            m.name,
            m.number,
            who(m.caller),
            shape(m.params),
            shape(m.returns),
            effect.join(" ").trim()
        )
        .unwrap();
    }
    out
}

#[test]
fn method_tables_are_current() {
    let docs = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/actors"));
    for (actor, methods) in bundle() {
        let path = docs.join(format!("{actor}.md"));
        let mut methods = methods.to_vec();
        match actor {
            "pool" | "liquidity" => methods.extend_from_slice(frc46::METHODS),
            "nft-share" => methods.extend_from_slice(frc53::METHODS),
            _ => {}
        }
        let page = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (before, rest) = page.split_once(BEGIN).expect("the page has the mark where the table begins");
        let (_, after) = rest.split_once(END).expect("the page has the mark where the table ends");
        let wanted = format!("{before}{BEGIN}\n{}{END}{after}", table(&methods));
        if std::env::var_os("PEGGY_BLESS").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        } else {
            assert!(
                page == wanted,
                "{} is out of date; run PEGGY_BLESS=1 cargo test -p peggy_interfaces",
                path.display()
            );
        }
    }
}
