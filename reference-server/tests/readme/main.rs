//! The manual, held to its word: its curl sessions are run as they stand, its tables compared with the program.

mod outcome;
mod sessions;
mod shell;
mod tables;
