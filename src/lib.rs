//! The imperative shell around `domain`: it loads, asks the domain to decide, and saves.
pub mod app;
pub mod cached;
pub mod clock;
pub mod config;
pub mod database;
pub mod fault;
pub mod files;
mod network_limit;
pub mod password;
pub mod pdf;
pub mod picture;
pub mod problem;
pub mod readers;
pub mod searches;
pub mod secret;
pub mod url;

pub mod simulate;
pub mod store;

pub mod fetch;
pub mod mail;
pub mod markup;

pub mod ops;

pub mod worker;

pub mod demo;
pub mod doctor;

pub mod web;
