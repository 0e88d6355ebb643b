//! Placeholder; replaced as the workspace is built.
