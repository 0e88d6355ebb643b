#[path = "all/bad_input.rs"]
mod bad_input;
#[path = "all/faults.rs"]
mod faults;
#[path = "all/hostile.rs"]
mod hostile;
#[path = "all/paused.rs"]
mod paused;
