//! Templates for messages: fixed text, and variables in braces.
use codes::codes;

codes! {
    /// A variable that a template can take from the consultation. Its code is the name that stands between the braces.
    pub enum ReplyVariable {
        Company = "会社名",
        Contact = "担当者名",
        Number = "受付番号",
        /// The time of the appointment that is held or confirmed.
        Appointment = "予約日時",
        Writer = "対応者名",
        Center = "センター名",
        Phone = "センター電話番号",
    }
}

/// Returns the first name in braces that is not a variable.
pub fn unknown(body: &str) -> Option<&str> {
    names(body).find(|it| ReplyVariable::from_code(it).is_none())
}

/// Returns the text with its variables filled in. Braces in a filled-in value are not replaced again.
pub fn fill(body: &str, value: impl Fn(ReplyVariable) -> String) -> String {
    let mut filled = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after
            .split_once('}')
            .and_then(|(name, after)| Some((ReplyVariable::from_code(name.trim())?, after)))
        {
            Some((variable, after)) => {
                filled.push_str(&value(variable));
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

fn names(body: &str) -> impl Iterator<Item = &str> {
    body.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::{ReplyVariable, fill, unknown};

    #[test]
    fn variables_are_filled_in_once() {
        let value = |it: ReplyVariable| {
            if it == ReplyVariable::Company { "{受付番号}".to_owned() } else { "R08-000123".to_owned() }
        };
        assert_eq!(fill("{会社名} 様（{ 受付番号 }）{", value), "{受付番号} 様（R08-000123）{");
        assert_eq!(unknown("{会社名}{会社}"), Some("会社"));
        assert_eq!(unknown("{会社名}と{"), None);
    }
}
