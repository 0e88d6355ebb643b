//! The server, asked without the program: Lotus' shapes, lenient in what it takes.

use serde_json::{json, Value};

use crate::support::{ask, instant, raw, ticking, User};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn chain_objects_have_lotus_shapes() {
    let network = instant();
    let head = ask(network, "Filecoin.ChainHead", &json!([]));
    assert_eq!(keys(&head), ["Blocks", "Cids", "Height"]);
    let block = &head["Blocks"][0];
    assert_eq!(
        keys(block),
        [
            "BLSAggregate",
            "BeaconEntries",
            "BlockSig",
            "ElectionProof",
            "ForkSignaling",
            "Height",
            "Messages",
            "Miner",
            "ParentBaseFee",
            "ParentMessageReceipts",
            "ParentStateRoot",
            "ParentWeight",
            "Parents",
            "Ticket",
            "Timestamp",
            "WinPoStProof"
        ]
    );
    assert!(block["ParentWeight"].is_string() && block["ParentBaseFee"].is_string());
    let cid = &head["Cids"][0];
    assert_eq!(ask(network, "Filecoin.ChainGetBlock", &json!([cid])), *block);
    assert_eq!(ask(network, "Filecoin.ChainHasObj", &json!([cid])), true);
    assert!(ask(network, "Filecoin.ChainReadObj", &json!([cid])).is_string());
    assert_eq!(ask(network, "Filecoin.ChainGetTipSet", &json!([head["Cids"]]))["Height"], head["Height"]);
    assert_eq!(
        ask(network, "Filecoin.ChainGetTipSetByHeight", &json!([0, null])),
        ask(network, "Filecoin.ChainGetGenesis", &json!([]))
    );
    assert_eq!(keys(&ask(network, "Filecoin.Version", &json!([]))), ["APIVersion", "Agent", "BlockDelay", "Version"]);
    assert_eq!(ask(network, "Filecoin.StateNetworkVersion", &json!([null])), 28);
    assert_eq!(ask(network, "Filecoin.StateNetworkName", &json!([])), network["network"]);
}

#[test]
fn a_message_can_be_followed() {
    let user = User::new().with("main", "secp256k1", "5 FIL");
    let network = instant();
    let from = user.key("main").address().to_string();
    let sent = user.run(&["send", "f099", "1"]).json();
    let cid = json!({ "/": sent["message"] });

    let lookup = ask(network, "Filecoin.StateWaitMsg", &json!([cid, 0, -1, true]));
    assert_eq!(keys(&lookup), ["Height", "Message", "Receipt", "ReturnDec", "TipSet"]);
    assert_eq!(keys(&lookup["Receipt"]), ["EventsRoot", "ExitCode", "GasUsed", "Return"]);
    assert_eq!(lookup, ask(network, "Filecoin.StateSearchMsg", &json!([null, cid, -1, true])));

    let child = &lookup["TipSet"][0];
    let messages = ask(network, "Filecoin.ChainGetParentMessages", &json!([child]));
    let receipts = ask(network, "Filecoin.ChainGetParentReceipts", &json!([child]));
    let at = messages.as_array().unwrap().iter().position(|message| message["Cid"] == cid).unwrap();
    assert_eq!(receipts[at], lookup["Receipt"]);
    assert_eq!(messages[at]["Message"]["From"], from);
    assert_eq!(messages[at]["Message"]["Value"], "1000000000000000000");
    let parent = &ask(network, "Filecoin.ChainGetBlock", &json!([child]))["Parents"][0];
    let block = ask(network, "Filecoin.ChainGetBlockMessages", &json!([parent]));
    assert_eq!(keys(&block), ["BlsMessages", "Cids", "SecpkMessages"]);
    let signed = block["SecpkMessages"].as_array().unwrap().iter().find(|signed| signed["CID"] == cid).unwrap();
    assert_eq!(signed["Signature"]["Type"], 1);

    let replay = ask(network, "Filecoin.StateReplay", &json!([null, cid]));
    assert_eq!((&replay["MsgRct"], &replay["Error"]), (&lookup["Receipt"], &json!("")));
    let cost = &replay["GasCost"];
    assert!(cost["TotalCost"].as_str().unwrap().parse::<u64>().unwrap() > 0, "{cost}");
}

#[test]
fn state_is_read_in_lotus_shapes() {
    let user = User::new().with("main", "secp256k1", "5 FIL");
    let network = instant();
    let address = user.key("main").address().to_string();
    let id = ask(network, "Filecoin.StateLookupID", &json!([address, null]));
    let actor = ask(network, "Filecoin.StateGetActor", &json!([id, null]));
    assert_eq!(keys(&actor), ["Balance", "Code", "DelegatedAddress", "Head", "Nonce"]);
    assert_eq!(actor["Balance"], "5000000000000000000");
    assert_eq!(ask(network, "Filecoin.StateAccountKey", &json!([id, null])), address);
    assert_eq!(ask(network, "Filecoin.StateLookupRobustAddress", &json!([id, null])), address);
    assert_eq!(ask(network, "Filecoin.StateReadState", &json!([id, null]))["State"]["Address"], address);
    assert_eq!(ask(network, "Filecoin.WalletBalance", &json!([address])), "5000000000000000000");
    assert_eq!(ask(network, "Filecoin.MpoolGetNonce", &json!([address])), 0);
    assert_eq!(ask(network, "Filecoin.MpoolPending", &json!([null])), json!([]));
    let miner = network["miner"]["id"].as_str().unwrap();
    assert!(ask(network, "Filecoin.StateLookupRobustAddress", &json!([miner, null]))
        .as_str()
        .unwrap()
        .starts_with("f2"));
    let state = ask(network, "Filecoin.StateReadState", &json!([miner, null]));
    assert!(state["State"].is_array(), "unknown to this program's API, so DAG-JSON: {state}");
    // Partial messages, t-prefixes and left-out parameters are understood.
    let call = ask(
        network,
        "Filecoin.StateCall",
        &json!([{ "To": miner.replacen('f', "t", 1), "From": address, "Value": "1" }]),
    );
    assert_eq!((&call["MsgRct"]["ExitCode"], &call["Error"]), (&json!(0), &json!("")));
    let estimate =
        ask(network, "Filecoin.GasEstimateMessageGas", &json!([{ "To": miner, "From": address, "Params": null }, {}]));
    assert!(estimate["GasLimit"].as_u64().unwrap() > 0 && estimate["GasFeeCap"].is_string());
}

#[test]
fn errors_are_lotus_errors() {
    let network = instant();
    let missing = "f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za";
    for (method, params, code, said) in [
        ("Filecoin.StateLookupID", json!([missing, null]), 1, "actor not found"),
        ("Filecoin.StateGetActor", json!([missing, null]), 1, "actor not found"),
        ("Filecoin.MpoolGetNonce", json!([missing]), 1, "actor not found"),
        ("Filecoin.StateLookupID", json!(["nonsense"]), -32602, "not an address"),
        ("Filecoin.StateLookupID", json!([]), -32602, "missing"),
        ("Filecoin.StateLookupID", json!({ "a": 1 }), -32602, "list"),
        ("Filecoin.ChainGetTipSetByHeight", json!([1_000_000_000, null]), 1, "greater than start point"),
        ("Filecoin.Nonsense", json!([]), -32601, "not found"),
        (
            "Filecoin.GasEstimateMessageGas",
            json!([{ "To": "f01", "From": network["address"], "Method": 99 }, null, null]),
            3,
            "message execution failed (exit=[ErrUnhandledMessage(22)], vm error=[",
        ),
    ] {
        let error = &raw(network, method, &params)["error"];
        assert_eq!(error["code"], code, "{method}: {error}");
        assert!(error["message"].as_str().unwrap().contains(said), "{method}: {error}");
    }
    assert_eq!(ask(network, "Filecoin.WalletBalance", &json!([missing])), "0");
}

#[test]
fn events_are_found() {
    let network = instant();
    let all = ask(network, "Filecoin.GetActorEventsRaw", &json!([{ "fromHeight": 0 }]));
    for event in all.as_array().unwrap() {
        assert_eq!(keys(event), ["emitter", "entries", "height", "msgCid", "reverted", "tipsetKey"]);
    }
    let none = json!([{ "fields": { "$type": [{ "codec": 81, "value": "" }] } }]);
    assert_eq!(ask(network, "Filecoin.GetActorEventsRaw", &none), json!([]));
    let both = raw(network, "Filecoin.GetActorEventsRaw", &json!([{ "fromHeight": 0, "tipsetKey": [] }]));
    assert!(both["error"]["message"].as_str().unwrap().contains("not both"), "{both}");
}

#[test]
fn pages_from_elsewhere_may_ask() {
    let url = instant()["rpc"].as_str().unwrap().replace("/rpc/v1", "/anything");
    let request = json!({ "jsonrpc": "2.0", "id": "x", "method": "Filecoin.StateNetworkName", "params": null });
    let response = ureq::post(&url).header("Origin", "https://example.org").send_json(&request).unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[test]
fn a_network_by_the_clock_makes_blocks_and_has_no_levers() {
    let network = ticking();
    assert_eq!(raw(network, "Peggy.Advance", &json!([1]))["error"]["code"], -32601);
    let user = User::of(network);
    user.import("main", network["key"].as_str().unwrap());
    let sent = user.run(&["send", "f099", "1"]).json();
    let head = ask(network, "Filecoin.ChainHead", &json!([]))["Height"].as_i64().unwrap();
    assert!(sent["height"].as_i64().unwrap() <= head);
    let short = user.run(&["send", "f099", "1", "--timeout", "0"]);
    assert!(short.failed(5).0.contains("not seen on chain"), "{short:?}");
}
