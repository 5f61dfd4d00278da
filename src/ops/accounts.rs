//! Accounts, sign-in and invitations.
pub mod account;
pub mod browser;
pub mod contact_sign_in;
pub mod deactivation;
pub mod invitation;
pub mod lock;
pub mod notice;
pub mod own_account;
pub mod second_factor;
pub mod second_step;
pub mod sign_in_attempt;
pub mod unstaffed_desk;
