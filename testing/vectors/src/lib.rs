//! Recorded answers of the official builtin actors, and their replay on the stand-ins.
