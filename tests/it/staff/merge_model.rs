//! Random merges, edits and undone merges, compared after every step with a model that knows only the rules.
use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{
    consultation::{
        MergeValue,
        correction::{CaseValues, CorrectedField, CorrectionSection},
    },
    id::CompanyId,
    intake::application::ApplicationForm,
    text::TextLine,
};
use entity::{application, company, consultation};
use madoguchi::{
    doctor,
    ops::{
        self,
        case::actor::ActorAt,
        consultation::{
            correction::CorrectionCause,
            merge::{MergeChoice, SeenCase},
        },
        intake::company_merge::{CompanyChoice, KeptSide},
    },
    problem::Problem,
    store::{self, consultation::case_merge, intake::company_merge},
    worker,
};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{center, merging::number};
use crate::{
    cases::{self, Case, Cast},
    site::Site,
};

/// Returns numbers below `n` in an order that is the same in every run.
fn dice(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |n| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % n
    }
}

fn reason() -> TextLine {
    TextLine::parse("理由", "電話で確認", 200).unwrap()
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn values(site: &Site, case: Case) -> CaseValues {
    store::consultation::correction::values(&site.app.db, case.id).await.unwrap().unwrap()
}

/// Corrects one value by the center.
async fn correct(
    site: &Site,
    cast: &Cast,
    case: Case,
    field: CorrectedField,
    value: &str,
) -> Result<(), Problem> {
    let mut typed = CaseValues::default();
    typed.set(field, value);
    let section = CorrectionSection::of(field).unwrap();
    let by = ActorAt::from(cast.center());
    ops::consultation::correction::correct(
        &site.app,
        case.id,
        by,
        section,
        &typed,
        CorrectionCause::default(),
    )
    .await
    .map(drop)
}

/// The answer of the rules about the cases.
struct Model {
    values: Vec<CaseValues>,
    merged_into: Vec<Option<usize>>,
    merges: Vec<MergeInModel>,
}

struct MergeInModel {
    id: Uuid,
    kept: usize,
    absorbed: usize,
    /// The values that were taken over: the field, and its value before and after.
    taken: Vec<(CorrectedField, String, String)>,
}

impl Model {
    fn may_merge(&self, kept: usize, absorbed: usize) -> bool {
        kept != absorbed
            && self.merged_into[kept].is_none()
            && self.merged_into[absorbed].is_none()
            && !self.merged_into.contains(&Some(absorbed))
    }

    fn merge(&mut self, id: Uuid, kept: usize, absorbed: usize, taken: &[MergeValue]) {
        let mut changed = Vec::new();
        for field in taken.iter().flat_map(|it| it.fields()) {
            let (old, new) = (self.values[kept].get(*field).to_owned(), self.values[absorbed].get(*field));
            if old != new {
                changed.push((*field, old, new.to_owned()));
            }
        }
        for (field, _, new) in &changed {
            self.values[kept].set(*field, new.clone());
        }
        self.merged_into[absorbed] = Some(kept);
        self.merges.push(MergeInModel { id, kept, absorbed, taken: changed });
    }

    fn may_undo(&self, it: &MergeInModel) -> bool {
        it.taken.iter().all(|(field, _, new)| self.values[it.kept].get(*field) == new)
    }

    fn undo(&mut self, at: usize) {
        let it = self.merges.remove(at);
        for (field, old, _) in it.taken {
            self.values[it.kept].set(field, old);
        }
        self.merged_into[it.absorbed] = None;
    }

    async fn check(&self, site: &Site, all: &[Case]) {
        for (n, case) in all.iter().enumerate() {
            assert_eq!(values(site, *case).await, self.values[n], "values of case {n}");
            let into = cases::record(site, *case).await.consultation.merged_into;
            assert_eq!(into, self.merged_into[n].map(|it| all[it].id), "case {n}");
        }
    }
}

/// Merges two cases if the rules allow it. Returns the merge.
async fn merge(
    site: &Site,
    cast: &Cast,
    kept: Case,
    absorbed: Case,
    taken: &[MergeValue],
) -> Result<Uuid, Problem> {
    let version = async |case| cases::record(site, case).await.version;
    let one = SeenCase { id: kept.id, version: version(kept).await };
    let other = SeenCase { id: absorbed.id, version: version(absorbed).await };
    let reason = reason();
    let choice = MergeChoice { taken, reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, one, other, choice, cast.coordinator).await?;
    let all = case_merge::into(&site.app.db, kept.id).await.unwrap();
    Ok(all.into_iter().find(|it| it.0.absorbed == absorbed.id).unwrap().0.id)
}

/// The values that the edits change.
const EDITED: [CorrectedField; 5] = [
    CorrectedField::Department,
    CorrectedField::City,
    CorrectedField::Participants,
    CorrectedField::Description,
    CorrectedField::SecondName,
];

/// Takes five cases down that differ in several values.
async fn five_cases(site: &Site, cast: &Cast) -> Vec<Case> {
    let mut all = Vec::new();
    for n in 0..5_usize {
        let mut form = cases::form(&format!("{n}@example.co.jp"));
        form.description = format!("相談{n}");
        ["", "総務部"][n % 2].clone_into(&mut form.department);
        let fields: [&[&str]; 3] = [&["ict"], &["labor"], &["ict", "labor"]];
        form.field = fields[n % 3].iter().map(|it| (*it).to_owned()).collect();
        form.prefecture = format!("{}", n + 10);
        all.push(cases::unconfirmed(site, cast, &form).await);
    }
    all
}

/// Undoes one of the merges, and expects what the model says.
async fn undo_one(site: &Site, cast: &Cast, model: &mut Model, at: usize) {
    let allowed = model.may_undo(&model.merges[at]);
    match ops::consultation::merge::undo(&site.app, model.merges[at].id, cast.coordinator).await {
        Ok(()) => model.undo(at),
        Err(Problem::Refused(why)) => {
            assert!(!allowed, "{why}");
            assert!(why.contains("変更されています"), "{why}");
        }
        Err(other) => panic!("{other}"),
    }
}

#[actix_web::test]
async fn cases_follow_the_model_through_merges_edits_and_undone_merges() {
    let (site, cast) = center().await;
    let mut dice = dice(23);
    let all = five_cases(&site, &cast).await;
    let mut model = Model { values: Vec::new(), merged_into: vec![None; all.len()], merges: Vec::new() };
    for case in &all {
        model.values.push(values(&site, *case).await);
    }
    let before = model.values.clone();
    for step in 0..90 {
        site.app.clock.advance(TimeDelta::minutes(1));
        match dice(4) {
            0 | 1 => {
                let (kept, absorbed) = (dice(all.len()), dice(all.len()));
                let taken: Vec<_> = MergeValue::ALL.into_iter().filter(|_| dice(4) == 0).collect();
                let allowed = model.may_merge(kept, absorbed);
                match merge(&site, &cast, all[kept], all[absorbed], &taken).await {
                    Ok(id) => model.merge(id, kept, absorbed, &taken),
                    Err(Problem::Refused(why)) => assert!(!allowed, "step {step}: {why}"),
                    Err(other) => panic!("step {step}: {other}"),
                }
            }
            2 => {
                let (n, field) = (dice(all.len()), EDITED[dice(EDITED.len())]);
                let value = format!("訂正{}", dice(3));
                match correct(&site, &cast, all[n], field, &value).await {
                    Ok(()) => model.values[n].set(field, value),
                    Err(Problem::Refused(why)) => {
                        assert!(model.merged_into[n].is_some(), "step {step}: {why}");
                    }
                    Err(other) => panic!("step {step}: {other}"),
                }
            }
            _ if !model.merges.is_empty() => {
                let at = dice(model.merges.len());
                undo_one(&site, &cast, &mut model, at).await;
            }
            _ => {}
        }
        model.check(&site, &all).await;
    }
    sound(&site).await;
    undo_all(&site, &cast, &mut model, &all).await;
    // Values that no edit can have touched are those of the beginning.
    for (n, values) in model.values.iter().enumerate() {
        for field in CorrectedField::ALL.into_iter().filter(|it| !EDITED.contains(it)) {
            assert_eq!(values.get(field), before[n].get(field), "{} of case {n}", field.label());
        }
    }
    sound(&site).await;
}

/// Undoes every merge, the latest first, after what stands in the way was put back.
async fn undo_all(site: &Site, cast: &Cast, model: &mut Model, all: &[Case]) {
    while let Some(last) = model.merges.last() {
        let kept = last.kept;
        for (field, _, new) in last.taken.clone() {
            if model.values[kept].get(field) != new {
                correct(site, cast, all[kept], field, &new).await.unwrap();
                model.values[kept].set(field, new);
            }
        }
        let last = model.merges.len() - 1;
        ops::consultation::merge::undo(&site.app, model.merges[last].id, cast.coordinator).await.unwrap();
        model.undo(last);
        model.check(site, all).await;
    }
}

/// Checks that every case belongs to the company to which the one under which it was filed leads, and that its number is
/// that company's.
async fn filed_as_they_say(site: &Site) -> BTreeMap<Uuid, Uuid> {
    let db = &site.app.db;
    let companies = company::Entity::find().all(db).await.unwrap();
    let companies: BTreeMap<_, _> = companies.into_iter().map(|it| (it.id, it)).collect();
    let mut filed = BTreeMap::new();
    for case in consultation::Entity::find().all(db).await.unwrap() {
        let own = case.own_company_id.unwrap_or(case.company_id);
        assert_eq!(companies[&own].merged_into.unwrap_or(own), case.company_id, "{}", case.number);
        assert_eq!(case.own_company_id.is_some(), own != case.company_id, "{}", case.number);
        assert_eq!(companies[&case.company_id].merged_into, None, "{}", case.number);
        let written = application::Entity::find_by_id(case.id).one(db).await.unwrap().unwrap();
        assert_eq!(companies[&own].corporate_number, written.corporate_number, "{}", case.number);
        filed.insert(case.id, own);
    }
    filed
}

#[actix_web::test]
async fn a_case_stays_filed_under_its_number_through_merges_of_companies_and_corrections() {
    let (site, cast) = center().await;
    let (app, by) = (&site.app, cast.coordinator);
    let mut dice = dice(5);
    let mut all = Vec::new();
    for n in 0..6_u64 {
        let form = ApplicationForm {
            company_name: format!("企業{n}"),
            corporate_number: if n < 4 { number(n / 2 + 1) } else { String::new() },
            ..cases::form(&format!("{n}@example.co.jp"))
        };
        all.push(cases::unconfirmed(&site, &cast, &form).await);
    }
    let mut merges: Vec<Uuid> = Vec::new();
    for step in 0..70 {
        match dice(3) {
            0 => {
                let company = async |case| cases::record(&site, case).await.company;
                let (kept, absorbed) = (company(all[dice(6)]).await, company(all[dice(6)]).await);
                let name = if dice(2) == 0 { KeptSide::Kept } else { KeptSide::Absorbed };
                let choice = CompanyChoice { name };
                match ops::intake::company_merge::merge(app, kept, absorbed, choice, &reason(), by).await {
                    Ok(()) => merges.push(latest(&site, kept, absorbed).await),
                    Err(Problem::Refused(_)) => assert_eq!(kept, absorbed, "step {step}"),
                    Err(other) => panic!("step {step}: {other}"),
                }
            }
            1 => {
                let text = if dice(4) == 0 { String::new() } else { number(dice(6) as u64) };
                let case = all[dice(6)];
                correct(&site, &cast, case, CorrectedField::CorporateNumber, &text).await.unwrap();
            }
            _ if !merges.is_empty() => {
                let at = dice(merges.len());
                let filed = filed_as_they_say(&site).await;
                match ops::intake::company_merge::undo(app, merges[at], by).await {
                    Ok(()) => drop(merges.remove(at)),
                    Err(Problem::Refused(why)) => assert!(why.contains("統合"), "step {step}: {why}"),
                    Err(other) => panic!("step {step}: {other}"),
                }
                assert_eq!(filed_as_they_say(&site).await, filed, "step {step}");
            }
            _ => {}
        }
        filed_as_they_say(&site).await;
    }
    sound(&site).await;
    while let Some(id) = merges.pop() {
        ops::intake::company_merge::undo(app, id, by).await.unwrap();
    }
    for case in consultation::Entity::find().all(&app.db).await.unwrap() {
        assert_eq!(case.own_company_id, None, "{}", case.number);
    }
    filed_as_they_say(&site).await;
    sound(&site).await;
}

async fn latest(site: &Site, kept: CompanyId, absorbed: CompanyId) -> Uuid {
    let all = company_merge::into(&site.app.db, kept).await.unwrap();
    all.into_iter().find(|it| it.absorbed == absorbed).unwrap().id
}
