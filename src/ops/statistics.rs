//! The figures of the programme: those of surveys that an administrator imports, and the editions of its own statistics.
pub mod adoption;
pub mod edition;
pub mod indicator;
