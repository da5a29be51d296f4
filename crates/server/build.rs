//! Has the program built again when the console was: it is taken in as it lies in `console/dist`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../console/dist");
}
