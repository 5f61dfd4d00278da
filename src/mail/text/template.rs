//! Parses and writes texts. Their language has `{{ 名前 }}`, and `{% if 名前 %}` or `{% if not 名前 %}` with
//! `{% else %}` and `{% endif %}`. A value is inserted as it is and never interpreted.
use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig};
use unicode_normalization::UnicodeNormalization;

use super::{
    TextKind,
    variable::{Values, Variable},
};

/// A title and a body, either as a template or as the words to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailWording {
    pub title: String,
    pub body: String,
}

/// The part of a text that has a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart {
    Title,
    Body,
}

/// A fault of a text, as the page describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFault {
    pub part: TextPart,
    pub message: String,
}

/// A checked text: with any values, it can be written and contains its required variables.
#[derive(Clone, Debug)]
pub struct Template {
    env: Environment<'static>,
}

const LONGEST_TITLE: usize = 100;
const LONGEST_BODY: usize = 4000;
/// The most variables in conditions. Every combination of present and absent is tried.
const MOST_CONDITIONS: usize = 8;
const DEEPEST: usize = 4;

impl Template {
    /// Parses and checks a text. Returns either all of its faults together or the checked text.
    pub fn parse(kind: TextKind, words: &MailWording) -> Result<Self, Vec<TextFault>> {
        let mut flaws = Vec::new();
        let title = scanned(kind, TextPart::Title, words.title.trim(), LONGEST_TITLE, &mut flaws);
        let body = words.body.replace("\r\n", "\n");
        let body = scanned(kind, TextPart::Body, body.trim(), LONGEST_BODY, &mut flaws);
        if words.title.trim().contains(char::is_control) {
            flaws
                .push(TextFault {
                    part: TextPart::Title, message: "件名は1行で入力してください".to_owned()
                });
        }
        if !flaws.is_empty() {
            return Err(flaws);
        }
        let mut conditions: Vec<_> = title.conditions.iter().chain(&body.conditions).copied().collect();
        conditions.sort_unstable();
        conditions.dedup();
        if conditions.len() > MOST_CONDITIONS {
            let message = format!("条件に使う項目は{MOST_CONDITIONS}種類までにしてください");
            return Err(vec![TextFault { part: TextPart::Body, message }]);
        }
        let template = Self::compile(title.text, body.text).map_err(|err| {
            vec![TextFault {
                part: TextPart::Body, message: format!("書き方を確認してください（{err}）")
            }]
        })?;
        let flaws = template.tried(kind, &conditions);
        if flaws.is_empty() { Ok(template) } else { Err(flaws) }
    }

    /// Parses the shipped text of a kind. A test checks the shipped texts in every case, so that is not
    /// repeated here.
    pub fn parse_shipped(kind: TextKind) -> Option<Self> {
        let (words, mut flaws) = (kind.shipped_words(), Vec::new());
        let title = scanned(kind, TextPart::Title, &words.title, LONGEST_TITLE, &mut flaws);
        let body = scanned(kind, TextPart::Body, &words.body, LONGEST_BODY, &mut flaws);
        Self::compile(title.text, body.text).ok().filter(|_| flaws.is_empty())
    }

    fn compile(title: String, body: String) -> Result<Self, minijinja::Error> {
        let mut env = Environment::empty();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        // A line with only a condition leaves no empty line behind.
        env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        env.add_template_owned("title", title)?;
        env.add_template_owned("body", body)?;
        Ok(Self { env })
    }

    pub fn write(&self, values: &Values) -> Result<MailWording, minijinja::Error> {
        let context = Value::from_pairs(Variable::ALL.iter().map(|it| (it.name(), values.get(*it))));
        let title = self.env.get_template("title")?.render(context.clone())?;
        let body = self.env.get_template("body")?.render(context)?;
        // A header has one line.
        let title = title.replace(char::is_control, " ").trim().to_owned();
        Ok(MailWording { title, body })
    }

    /// Checks that the text contains its required variables for every combination of its conditions, that is
    /// in every form that it can take.
    fn tried(&self, kind: TextKind, conditions: &[Variable]) -> Vec<TextFault> {
        let mut flaws = Vec::new();
        let mut wrong = |part, message: String| {
            let flaw = TextFault { part, message };
            if !flaws.contains(&flaw) {
                flaws.push(flaw);
            }
        };
        for combination in 0..1_u32 << conditions.len() {
            let mut values = Values::default();
            for variable in kind.variables() {
                let place = conditions.iter().position(|it| *it == variable);
                let is_there = place.is_none_or(|it| combination >> it & 1 == 1);
                // Required variables always have a value.
                let is_required =
                    kind.required().contains(&variable) || kind.required_in_title().contains(&variable);
                let is_there = is_there || is_required;
                values.set(variable, if is_there { marker(variable) } else { String::new() });
            }
            let Ok(words) = self.write(&values) else {
                wrong(TextPart::Body, "この文面は組み立てられません".to_owned());
                continue;
            };
            if words.title.is_empty() {
                wrong(
                    TextPart::Title,
                    "件名が空になることがあります。条件の外にも文を入力してください".to_owned(),
                );
            }
            let parts = [
                (TextPart::Title, "件名", &words.title, kind.required_in_title()),
                (TextPart::Body, "本文", &words.body, kind.required()),
            ];
            for (part, label, said, required) in parts {
                for required in required.iter().filter(|it| !said.contains(&marker(**it))) {
                    let name = required.name();
                    wrong(
                        part,
                        format!("{label}に {{{{ {name} }}}} を、どの条件でも表示されるように入れてください"),
                    );
                }
            }
        }
        flaws
    }
}

/// Returns a mark that no text contains by itself.
fn marker(variable: Variable) -> String {
    format!("\u{e000}{}\u{e001}", variable.name())
}

#[derive(Debug, Default)]
struct Scanned {
    /// The text with the names of variables as the template language knows them.
    text: String,
    conditions: Vec<Variable>,
}

/// Reads a text tag by tag, and refuses everything outside the language.
fn scanned(
    kind: TextKind,
    part: TextPart,
    text: &str,
    longest: usize,
    flaws: &mut Vec<TextFault>,
) -> Scanned {
    let mut wrong = |message: String| flaws.push(TextFault { part, message });
    let label = match part {
        TextPart::Title => "件名",
        TextPart::Body => "本文",
    };
    if text.is_empty() {
        wrong(format!("{label}を入力してください"));
    }
    let length = text.chars().count();
    if length > longest {
        wrong(format!("{label}は{longest}文字以内で入力してください（現在{length}文字）"));
        return Scanned::default();
    }
    if text.contains(|it: char| it.is_control() && !matches!(it, '\n' | '\t'))
        || text.contains(['\u{e000}', '\u{e001}'])
    {
        wrong(format!("{label}から、目に見えない記号を取り除いてください"));
    }
    let mut scanned = Scanned::default();
    // For each open condition, whether its `else` has been read.
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}', '｛', '｝', '%']) {
        let line = text[..text.len() - rest.len() + start].matches('\n').count() + 1;
        scanned.text.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some((opening, closing)) =
            [("{{", "}}"), ("{%", "%}")].into_iter().find(|it| rest.starts_with(it.0))
        else {
            if rest.starts_with("｛｛") || rest.starts_with("｛％") {
                wrong(format!("{line}行目：「{{{{」「{{%」は半角で入力してください"));
            } else if ["}}", "%}", "{#"].iter().any(|it| rest.starts_with(it)) {
                wrong(format!("{line}行目：「{}」だけがあります", &rest[..2]));
            }
            let next = rest.chars().next().map_or(0, char::len_utf8);
            scanned.text.push_str(&rest[..next]);
            rest = &rest[next..];
            continue;
        };
        let inside = &rest[opening.len()..];
        let Some(end) = inside.lines().next().and_then(|it| it.find(closing)) else {
            wrong(format!("{line}行目：「{opening}」を「{closing}」で閉じてください"));
            rest = inside;
            continue;
        };
        let tag: String = inside[..end].nfkc().collect();
        rest = &inside[end + closing.len()..];
        match read(kind, opening, tag.trim(), &mut open) {
            Ok((canonical, condition)) => {
                scanned.text.push_str(&canonical);
                scanned.conditions.extend(condition);
            }
            Err(message) => wrong(format!("{line}行目：{message}")),
        }
    }
    scanned.text.push_str(rest);
    if !open.is_empty() {
        wrong(format!("{label}：「{{% if %}}」を「{{% endif %}}」で閉じてください"));
    }
    scanned
}

/// Translates one tag into the template language, and returns the variable that it tests, if any.
fn read(
    kind: TextKind,
    opening: &str,
    tag: &str,
    open: &mut Vec<bool>,
) -> Result<(String, Option<Variable>), String> {
    let variable = |name: &str| {
        let known = Variable::from_name(name).filter(|it| kind.variables().any(|of| of == *it));
        known.ok_or_else(|| format!("「{name}」という項目は、このメールにはありません"))
    };
    if opening == "{{" {
        return Ok((format!("{{{{ {} }}}}", variable(tag)?.name()), None));
    }
    let words: Vec<_> = tag.split_whitespace().collect();
    match (words.as_slice(), open.last_mut()) {
        (["if", name] | ["if", "not", name], _) => {
            let condition = variable(name)?;
            open.push(false);
            if open.len() > DEEPEST {
                return Err(format!("条件は{DEEPEST}段までにしてください"));
            }
            let not = if words.len() == 3 { "not " } else { "" };
            Ok((format!("{{% if {not}{} %}}", condition.name()), Some(condition)))
        }
        (["else"], Some(said @ false)) => {
            *said = true;
            Ok(("{% else %}".to_owned(), None))
        }
        (["endif"], Some(_)) => {
            open.pop();
            Ok(("{% endif %}".to_owned(), None))
        }
        (["else" | "endif"], _) => Err(format!("「{{% {tag} %}}」に対応する「{{% if %}}」がありません")),
        _ => Err(format!("「{{% {tag} %}}」は使えません。使えるのは if、if not、else、endif だけです")),
    }
}
