//! The acts of editors on an event beside its text: calling it off, the meeting link, attendance, materials.
use codes::EditorAct;
use domain::{
    gathering::{SeatKind, SignUpState, SignUpStatus, hour_reminder_at},
    id::{AccountId, PublicationFileId, PublicationId, SignUpId},
    publication::{PublicationKind, news::WebAddress},
    text::Prose,
};
use uuid::Uuid;

use super::{
    hall::{CONCERNED, Hall},
    participant::Participant,
};
use crate::{
    app::App,
    mail::mail_event::GatheringNews,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        gathering::sign_up::{self, SignUp},
        publication::file::{self, PublicationFile},
    },
};

/// A person who came without a sign-up.
#[derive(Clone, Debug)]
pub struct WalkIn {
    pub seat: SeatKind,
    pub person: Participant,
}

/// Whether a participant was there, as entered at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttendanceMark {
    pub sign_up: SignUpId,
    pub was_there: bool,
}

/// Calls an event off. Each person who has a seat or waits for one gets one mail. Doing so twice changes nothing.
pub async fn call_off(app: &App, id: PublicationId, reason: &Prose, by: AccountId) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    if hall.event.called_off.is_some() {
        return Ok(());
    }
    if hall.now() >= hall.event.ends_at {
        return Err(Problem::Refused("終わったイベントは、中止にできません。".to_owned()));
    }
    hall.event.sequence += 1;
    hall.event.called_off = Some((hall.now(), reason.as_str().to_owned()));
    for it in sign_up::of_event(&hall.tx, id, &CONCERNED).await? {
        hall.tell(&it, GatheringNews::CalledOff { reason: reason.as_str() })?;
        if !matches!(it.state, SignUpState::Seated { .. }) {
            hall.save(SignUp { state: SignUpState::Ended, ..it }, None).await?;
        }
    }
    hall.record(EditorAct::CalledOff, by).await?;
    hall.commit().await
}

/// Saves the address of the online meeting, which participants see on their own pages from a day before. If it was missing
/// when they were to be reminded of the start, they are told now.
pub async fn save_link(
    app: &App,
    id: PublicationId,
    link: Option<WebAddress>,
    by: AccountId,
) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    let (now, event) = (hall.now(), &hall.event);
    let is_late = hour_reminder_at(event.starts_at) <= now && now < event.ends_at;
    if event.misses_link() && link.is_some() && is_late {
        for it in sign_up::of_event(&hall.tx, id, &[SignUpStatus::Seated]).await? {
            if it.seat == SeatKind::Online {
                hall.tell(&it, GatheringNews::LinkReady)?;
            }
        }
    }
    hall.event.online_link = link;
    hall.record(EditorAct::LinkSaved, by).await?;
    hall.commit().await
}

/// Saves the materials, one title and address a line.
pub async fn save_materials(
    app: &App,
    id: PublicationId,
    materials: Option<String>,
    by: AccountId,
) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    hall.event.materials = materials;
    hall.record(EditorAct::MaterialsSaved, by).await?;
    hall.commit().await
}

/// Adds a file to the materials of an event that was published. Returns whether there was room among `most`; `None` if the
/// event was never published, so that nobody takes part in it.
pub(in crate::ops) async fn add_file(
    app: &App,
    it: &PublicationFile,
    most: usize,
    by: AccountId,
) -> Result<Option<bool>, Problem> {
    let Some(mut hall) = of_published(app, it.publication).await? else { return Ok(None) };
    if !file::insert(&hall.tx, it, most).await? {
        return Ok(Some(false));
    }
    hall.has_files = true;
    hall.record(EditorAct::FileAdded, by).await?;
    hall.commit().await?;
    Ok(Some(true))
}

/// Removes a file from the materials of an event. Returns false if the event was never published.
pub(in crate::ops) async fn remove_file(
    app: &App,
    of: PublicationId,
    id: PublicationFileId,
    by: AccountId,
) -> Result<bool, Problem> {
    let Some(mut hall) = of_published(app, of).await? else { return Ok(false) };
    if !file::delete(&hall.tx, of, id).await? {
        return Ok(true);
    }
    hall.has_files = !file::of(&hall.tx, of).await?.is_empty();
    hall.record(EditorAct::FileRemoved, by).await?;
    hall.commit().await?;
    Ok(true)
}

/// Locks an event; `None` if it was never published, so that it has no row.
async fn of_published(app: &App, id: PublicationId) -> Result<Option<Hall<'_>>, Problem> {
    match store::gathering::find(&app.db, id).await? {
        Some(_) => Hall::open(app, id).await.map(Some),
        None => Ok(None),
    }
}

/// Marks who was there. A mark of a person who has no seat is refused.
pub async fn mark_attendance(
    app: &App,
    id: PublicationId,
    marks: &[AttendanceMark],
    by: AccountId,
) -> Result<(), Problem> {
    let mut hall = Hall::open(app, id).await?;
    let now = hall.now();
    for mark in marks {
        let it = sign_up::find(&hall.tx, mark.sign_up).await?.filter(|it| it.event == id);
        let it = it.ok_or(Problem::NotFound)?;
        if !matches!(it.state, SignUpState::Seated { .. } | SignUpState::WalkIn) {
            return Err(Problem::Refused("席のない人の出席は、記録できません。".to_owned()));
        }
        if it.attended_at.is_some() != mark.was_there {
            let attended_at = mark.was_there.then_some(now);
            hall.save(SignUp { attended_at, ..it }, None).await?;
        }
    }
    hall.record(EditorAct::AttendanceMarked, by).await?;
    hall.commit().await
}

/// Adds a person who came without a sign-up. Such a person takes no seat from those who signed up, and gets no mail.
pub async fn add_walk_in(app: &App, id: PublicationId, who: WalkIn, by: AccountId) -> Result<(), Problem> {
    let hall = Hall::open(app, id).await?;
    if hall.event.called_off.is_some() || hall.event.erased_at.is_some() {
        return Err(Problem::Refused("このイベントには、参加者を追加できません。".to_owned()));
    }
    let now = hall.now();
    let mut it = SignUp {
        id: SignUpId(Uuid::now_v7()),
        event: id,
        seat: who.seat,
        state: SignUpState::WalkIn,
        name: None,
        kana: None,
        organization: None,
        email: None,
        attended_at: Some(now),
        created_at: now,
    };
    who.person.write_to(&mut it);
    sign_up::insert(&hall.tx, &it).await?;
    hall.record(EditorAct::WalkInAdded, by).await?;
    hall.commit().await
}

impl Hall<'_> {
    /// Records the act of an editor on the event.
    async fn record(&self, act: EditorAct, by: AccountId) -> Result<(), Problem> {
        let subject = ActSubject::one(PublicationKind::Gathering, self.event.number);
        Ok(editor_act::insert(&self.tx, act, subject, by, self.now()).await?)
    }
}
