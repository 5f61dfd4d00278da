use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{forget, idle, keep, measure, read};

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A folder that is deleted when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("madoguchi-files-{}", uuid::Uuid::new_v4())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_file_is_read_as_it_was_kept_and_kept_once() {
    let Folder(folder) = &Folder::new();
    let hash = keep(folder, b"abc".to_vec(), now()).await.unwrap();
    assert_eq!(hash, ABC);
    assert_eq!(keep(folder, b"abc".to_vec(), now()).await.unwrap(), hash);
    assert_eq!(read(folder, &hash).await.unwrap(), b"abc");
    assert_eq!(measure(folder, &hash).await.unwrap(), Some((3, hash.clone())));
    let kept = std::fs::read_dir(folder.join("ba")).unwrap().count();
    assert_eq!(kept, 1, "nothing temporary is left");
    assert!(read(folder, "../../etc/passwd").await.is_err());
}

#[tokio::test]
async fn one_that_is_broken_is_written_anew() {
    let Folder(folder) = &Folder::new();
    let hash = keep(folder, b"abc".to_vec(), now()).await.unwrap();
    std::fs::write(folder.join("ba").join(&ABC[2..]), b"abcd").unwrap();
    assert_eq!(measure(folder, &hash).await.unwrap().unwrap().0, 4);
    keep(folder, b"abc".to_vec(), now()).await.unwrap();
    assert_eq!(read(folder, &hash).await.unwrap(), b"abc");
}

#[tokio::test]
async fn only_files_that_were_not_kept_again_are_forgotten() {
    let Folder(folder) = &Folder::new();
    let hour = TimeDelta::hours(1);
    assert_eq!(idle(folder, now()).await.unwrap().whole, [""; 0]);
    keep(folder, b"abc".to_vec(), now()).await.unwrap();
    assert_eq!(idle(folder, now()).await.unwrap().whole, [""; 0]);
    assert_eq!(idle(folder, now() + hour).await.unwrap().whole, [ABC]);
    assert!(!forget(folder, ABC, now()).await.unwrap());
    // Stored once more, which renews it.
    keep(folder, b"abc".to_vec(), now() + hour).await.unwrap();
    assert!(!forget(folder, ABC, now() + hour).await.unwrap());
    assert_eq!(read(folder, ABC).await.unwrap(), b"abc");
    assert!(forget(folder, ABC, now() + hour * 2).await.unwrap());
    assert!(!forget(folder, ABC, now() + hour * 2).await.unwrap(), "another one was quicker");
    assert!(read(folder, ABC).await.is_err());
}

#[tokio::test]
async fn only_interrupted_files_are_removed_from_the_folder() {
    let Folder(folder) = &Folder::new();
    keep(folder, b"abc".to_vec(), now()).await.unwrap();
    let (half, foreign) = (folder.join("ba").join(".half"), folder.join("README"));
    std::fs::write(&half, b"ab").unwrap();
    std::fs::write(&foreign, b"").unwrap();
    // Unfinished files have the time of the machine.
    let later = now() + TimeDelta::days(36_500);
    idle(folder, later).await.unwrap().remove_unfinished().await.unwrap();
    assert!(!half.exists() && foreign.exists());
    assert_eq!(read(folder, ABC).await.unwrap(), b"abc");
}

/// Several tasks store the same bytes again and again while one deletes them as soon as they are idle: a task that has
/// stored them finds them for as long as they may be idle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sweep_removes_no_file_in_use() {
    let held = Arc::new(Folder::new());
    let over = Arc::new(AtomicBool::new(false));
    let (folder, stop) = (Arc::clone(&held), Arc::clone(&over));
    let sweep = tokio::spawn(async move {
        let mut taken = 0;
        while !stop.load(Ordering::Relaxed) {
            // A time before `now`: a file stored now stays, and one made old is deleted.
            let swept = forget(&folder.0, ABC, now()).await;
            taken += usize::from(swept.unwrap_or(false));
        }
        taken
    });
    let old = now() - TimeDelta::days(2);
    for _ in 0..300 {
        // As if it had been there for days.
        keep(&held.0, b"abc".to_vec(), old).await.unwrap();
        tokio::task::yield_now().await;
        keep(&held.0, b"abc".to_vec(), now()).await.unwrap();
        assert_eq!(read(&held.0, ABC).await.unwrap(), b"abc");
    }
    over.store(true, Ordering::Relaxed);
    assert!(sweep.await.unwrap() > 0, "the sweep never came in between");
}
