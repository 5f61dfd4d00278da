//! The awards for telework, each with its host, its years and the source of these facts (`docs/spec/programme.md` §4).
//! An example names its award in words, so that an editor can add another.

/// One award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Award {
    /// The name under which examples have it.
    pub name: &'static str,
    pub host: &'static str,
    /// The first year in which it was given, if that is known.
    pub since: Option<i32>,
    /// The merit for which it is given, in one sentence.
    pub about: &'static str,
    pub source: &'static str,
}

pub const AWARDS: [Award; 6] = [
    Award {
        name: "テレワークトップランナー 総務大臣賞",
        host: "総務省",
        since: Some(2023),
        about: "テレワークトップランナーのうち、特に優れた取組を表彰します。",
        source: "https://www.soumu.go.jp/menu_news/s-news/01ryutsu06_02000373.html",
    },
    Award {
        name: "テレワークトップランナー",
        host: "総務省",
        since: Some(2023),
        about: "テレワークの実施率や頻度、経営への効果、地域への貢献に優れた企業・団体を選びます。",
        source: "https://www.soumu.go.jp/teleworkgekkan/toprunner2024",
    },
    Award {
        name: "テレワーク先駆者百選 総務大臣賞",
        host: "総務省",
        since: Some(2016),
        about: "テレワーク先駆者百選のうち、特に優れた取組を表彰しました。",
        source: "https://teleworkgekkan.go.jp/pioneer/",
    },
    Award {
        name: "テレワーク先駆者百選",
        host: "総務省",
        since: Some(2015),
        about: "テレワークを就業規則などに定め、十分な利用の実績がある企業・団体を選びました。",
        source: "https://teleworkgekkan.go.jp/pioneer/",
    },
    Award {
        name: "テレワーク先駆者",
        host: "総務省",
        since: Some(2015),
        about: "テレワークを就業規則などに定めている企業・団体を選びました。",
        source: "https://teleworkgekkan.go.jp/pioneer/",
    },
    Award {
        name: "輝くテレワーク賞",
        host: "厚生労働省",
        since: None,
        about: "テレワークの活用で優れた実績のある企業・団体や個人を表彰します。",
        source: "https://telework.mhlw.go.jp/",
    },
];

/// Returns an award by its name.
pub fn named(name: &str) -> Option<&'static Award> {
    AWARDS.iter().find(|it| it.name == name)
}
