//! The official bundle starts.

#[test]
fn a_network_starts_on_the_official_actors() {
    let network = peggy_official::network().unwrap();
    assert_eq!(network.epoch(), 0);
}
