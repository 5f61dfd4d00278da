//! Accounts, sign-in and invitations.
pub mod account;
pub mod contact_sign_in;
pub mod deactivation;
pub mod invitation;
pub mod sign_in_attempt;
pub mod unstaffed_desk;
