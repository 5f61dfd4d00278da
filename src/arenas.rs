//! How the memory allocator of the C library shares memory among threads.
use std::{env, ffi::OsStr, os::unix::process::CommandExt, process::Command};

/// The variable by which glibc limits its arenas (`man 3 mallopt`, `M_ARENA_MAX`).
const ARENAS: &str = "MALLOC_ARENA_MAX";

/// Starts the program again in the same process, with one arena, unless the operator has set the variable. Does nothing with
/// another C library, or if the program cannot be started again.
///
/// glibc gives the threads up to eight arenas per processor, and each keeps what was freed in it. Every connection to SQLite
/// has a thread of its own, so that an idle server would hold twice the memory that it needs. The variable is read once,
/// before the program begins, and there is no safe function for it.
pub fn share() {
    if !cfg!(target_env = "gnu") || env::var_os(ARENAS).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut args = env::args_os();
    let name = args.next();
    // Returns only if it fails; the program then goes on as it is.
    drop(
        Command::new(&program)
            .arg0(name.as_deref().unwrap_or(OsStr::new("madoguchi")))
            .args(args)
            .env(ARENAS, "1")
            .exec(),
    );
}
