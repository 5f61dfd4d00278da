//! Who signs in, and how.
pub mod account;
pub mod contact_sign_in;
pub mod invitation;
